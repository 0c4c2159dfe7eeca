// A raw ranking request as inputs of a Graph over examples: each candidate is an example of its own, with its own copy
// of the histories. What generated code gives is compared with this.

import { InternalError } from "../../compiler/internal-error.ts";
import { hasIds, kindOf } from "../../compiler/kinds/registry.ts";
import { allFeatures, type Fitted, type Model } from "../../compiler/model/model.ts";
import { inputNames } from "../../compiler/training/program.ts";
import { type Cross, crossOf, numbersOf, spaceOf, vectorsOf } from "../features/encoders.ts";
import { type IdSpace, latestFrom, NOT_AN_ID } from "../serve/features.ts";
import type { Numbers, Vectors } from "../serve/numbers.ts";

/** Raw values by feature. */
export type RawRecord = Readonly<Record<string, string | number | readonly number[] | null>>;

/** A request as generated code takes it. */
export interface RawRequest {
  readonly user: RawRecord;
  readonly context: RawRecord;
  readonly history: Readonly<Record<string, readonly RawRecord[]>>;
  readonly candidates: readonly RawRecord[];
}

export interface ExampleInputs {
  readonly examples: number;
  /** By history: how many steps each example has. */
  readonly lengths: ReadonlyMap<string, readonly number[]>;
  readonly columns: readonly InputColumn[];
}

/** The values of one input, ids or transformed numbers. */
export interface InputColumn {
  readonly input: string;
  readonly feature: string;
  readonly values: Float64Array;
}

/** Encodes requests of one model. */
export class RequestEncoder {
  private readonly model: Model;
  private readonly spaces = new Map<string, IdSpace>();
  private readonly numbers = new Map<string, Numbers>();
  private readonly vectors = new Map<string, Vectors>();
  private readonly crosses = new Map<string, Cross>();

  constructor(model: Model, fitted: Fitted) {
    this.model = model;
    for (const feature of allFeatures(model)) {
      const cross = crossOf(feature);
      if (cross !== null) this.crosses.set(feature.name, cross);
      else if (kindOf(feature.kind).gives === "vector") this.vectors.set(feature.name, vectorsOf(feature));
      else if (hasIds(feature.kind)) this.spaces.set(feature.name, spaceOf(feature, fitted));
      else this.numbers.set(feature.name, numbersOf(feature, fitted));
    }
  }

  encode(request: RawRequest): ExampleInputs {
    const examples = request.candidates.length;
    const columns: InputColumn[] = [];
    for (const { name, scope } of this.model.features.values()) {
      if (this.crosses.has(name)) continue;
      const records = scope === "item" ? request.candidates : request.candidates.map(() => request[scope]);
      const values = this.column(name, name, records);
      columns.push({ input: inputNames.feature(name), feature: name, values });
    }
    for (const [name, cross] of this.crosses) {
      const parts = cross.parts.map((part) => columns.find(({ feature }) => feature === part)!.values);
      const values = Float64Array.from({ length: examples }, (_, i) =>
        cross.idOf(parts.map((part) => part[i]!)),
      );
      columns.push({ input: inputNames.feature(name), feature: name, values });
    }
    const lengths = new Map<string, readonly number[]>();
    for (const { name, max, fields } of this.model.histories.values()) {
      const all = request.history[name] ?? [];
      const steps = all.slice(latestFrom(all.length, max));
      lengths.set(name, new Array<number>(examples).fill(steps.length));
      const repeated = request.candidates.flatMap(() => steps);
      for (const field of fields) {
        const feature = field.feature.name;
        const values = this.column(feature, field.name, repeated);
        columns.push({ input: inputNames.field(name, field.name), feature, values });
      }
    }
    return { examples, lengths, columns };
  }

  /** Values of `feature`, which records call `name`. */
  private column(feature: string, name: string, records: readonly RawRecord[]): Float64Array {
    const vectors = this.vectors.get(feature);
    if (vectors !== undefined) {
      const values = new Float32Array(records.length * vectors.width);
      for (const [i, record] of records.entries())
        if (!vectors.read(record[name], values, i * vectors.width))
          throw new InternalError(`a made-up request has ${String(record[name])} for ${name}`);
      return Float64Array.from(values);
    }
    return Float64Array.from(records, (record) => {
      const value = this.spaces.get(feature)?.idOf(record[name]);
      const encoded = value ?? this.numbers.get(feature)!.numberOf(record[name]);
      if (encoded === NOT_AN_ID || Number.isNaN(encoded))
        throw new InternalError(`a made-up request has ${String(record[name])} for ${name}`);
      return encoded;
    });
  }
}
