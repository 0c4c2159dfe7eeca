// Turns a raw ranking request into inputs of a Graph over examples: each candidate is an example with its own
// copy of the histories. The results of generated code are compared with this.

import { InternalError } from "../../common/internal-error.ts";
import { type Fillings, fillingsOf, type Padding } from "../../frontend/config/padding.ts";
import {
  type Cross,
  crossOf,
  numbersOf,
  setSpaceOf,
  spaceOf,
  vectorsOf,
} from "../../frontend/kinds/encoders.ts";
import { hasIds, kindOf, numbersIn } from "../../frontend/kinds/registry.ts";
import { allFeatures, type Fitted, type Model, rawFields, rawNameOf } from "../../frontend/model/model.ts";
import { inputNames } from "../../middle/programs/program.ts";
import { type IdSpace, latestFrom, NOT_AN_ID } from "../../serve/features.ts";
import type { Numbers, NumbersSpace } from "../../serve/numbers.ts";
import { ownSteps } from "../../serve/padding.ts";
import { readSets, type SetSpace } from "../../serve/sets.ts";
import { readWeights, WeightedSet } from "../../serve/weighted-sets.ts";

export type RawValue = string | number | null;

/** Raw values by feature; lists are sets and vectors, also with a weight for each value. */
export type RawRecord = Readonly<
  Record<string, RawValue | readonly RawValue[] | readonly (readonly [RawValue, number])[]>
>;

/** A request in the form that generated code takes. */
export interface RawRequest {
  readonly user: RawRecord;
  readonly context: RawRecord;
  readonly history: Readonly<Record<string, readonly RawRecord[]>>;
  readonly candidates: readonly RawRecord[];
}

export interface ExampleInputs {
  readonly examples: number;
  /** By history: the number of steps of each example. */
  readonly lengths: ReadonlyMap<string, readonly number[]>;
  readonly columns: readonly InputColumn[];
  /** By input with sets: the row number of each value. */
  readonly rowOf: ReadonlyMap<string, Float64Array>;
  /** By input with sets whose values have weights. */
  readonly weights: ReadonlyMap<string, Float64Array>;
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
  private readonly fillings: Fillings;
  private readonly spaces = new Map<string, IdSpace>();
  private readonly numbers = new Map<string, Numbers>();
  private readonly vectors = new Map<string, NumbersSpace>();
  private readonly crosses = new Map<string, Cross>();
  private readonly sets = new Map<string, SetSpace>();

  constructor(model: Model, fitted: Fitted, padding: Padding | null = null) {
    this.model = model;
    this.fillings = fillingsOf(padding, model.histories.keys());
    for (const feature of allFeatures(model)) {
      const cross = crossOf(feature);
      if (cross !== null) this.crosses.set(feature.name, cross);
      else if (kindOf(feature.kind).gives === "vector") this.vectors.set(feature.name, vectorsOf(feature));
      else if (feature.set !== null) this.sets.set(feature.name, setSpaceOf(feature, feature.set, fitted));
      else if (hasIds(feature.kind)) this.spaces.set(feature.name, spaceOf(feature, fitted));
      else this.numbers.set(feature.name, numbersOf(feature, fitted));
    }
  }

  /** Encodes requests one after the other. */
  encode(...requests: readonly RawRequest[]): ExampleInputs {
    const examples = requests.reduce((sum, { candidates }) => sum + candidates.length, 0);
    const columns: InputColumn[] = [];
    const rowOf = new Map<string, Float64Array>();
    const weights = new Map<string, Float64Array>();
    const add = (input: string, feature: string, name: string, records: readonly RawRecord[]) => {
      const set = this.sets.get(feature);
      if (set === undefined) columns.push({ input, feature, values: this.column(feature, name, records) });
      else {
        const found = setColumn(name, set, records);
        columns.push({ input, feature, values: found.ids });
        rowOf.set(input, found.rowOf);
        if (found.weights !== null) weights.set(input, found.weights);
      }
    };
    for (const { name, scope, source, served, kind } of this.model.features.values()) {
      if (this.crosses.has(name)) continue;
      if (scope === "training") {
        // A feature that no prediction reads is not an input.
        const values = new Float64Array(examples * numbersIn(kind)).fill(served ?? 0);
        if (served !== null) columns.push({ input: inputNames.feature(name), feature: name, values });
        continue;
      }
      const records = requests.flatMap((request) =>
        scope === "item" ? request.candidates : request.candidates.map(() => request[scope]),
      );
      add(inputNames.feature(name), name, rawNameOf({ name, source }), records);
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
      const values = new Set(this.fillings.get(name));
      const filling = { fields: rawFields({ fields }).map((field) => field.name), values };
      const own = requests.flatMap(({ history, candidates }) => {
        const all = history[name] ?? [];
        const { from, to } = ownSteps(all, all.length, filling);
        const steps = all.slice(from + latestFrom(to - from, max), to);
        return candidates.map(() => steps);
      });
      lengths.set(
        name,
        own.map((steps) => steps.length),
      );
      const repeated = own.flat();
      for (const field of fields)
        add(inputNames.field(name, field.name), field.feature.name, rawNameOf(field), repeated);
    }
    return { examples, lengths, columns, rowOf, weights };
  }

  /** Values of `feature`, under the name `name` in the records. */
  private column(feature: string, name: string, records: readonly RawRecord[]): Float64Array {
    const vectors = this.vectors.get(feature);
    if (vectors !== undefined) {
      const values = new Float32Array(records.length * vectors.width);
      for (const [i, record] of records.entries())
        if (!vectors.read(record[name], values, i * vectors.width))
          throw new InternalError(`a sample request has ${String(record[name])} for ${name}`);
      return Float64Array.from(values);
    }
    return Float64Array.from(records, (record) => {
      const id = this.spaces.get(feature)?.idOf(record[name]);
      const encoded = id ?? this.numbers.get(feature)!.numberOf(record[name]);
      if (id === NOT_AN_ID || Number.isNaN(encoded))
        throw new InternalError(`a sample request has ${String(record[name])} for ${name}`);
      return encoded;
    });
  }
}

/** Ids, the row of each, and the weight of each if they have some. */
function setColumn(
  name: string,
  set: SetSpace,
  records: readonly RawRecord[],
): Readonly<Record<"ids" | "rowOf", Float64Array>> & { readonly weights: Float64Array | null } {
  const room = records.length * set.max;
  const [ids, rowOf] = [new Int32Array(room), new Int32Array(room)];
  const weights = set instanceof WeightedSet ? new Float32Array(room) : null;
  if (set instanceof WeightedSet) readWeights(weights!, records, 0, records.length, "", name, set);
  const count = readSets(ids, rowOf, records, 0, records.length, "", name, set);
  const exact = (values: Int32Array | Float32Array) => Float64Array.from(values.subarray(0, count));
  return { ids: exact(ids), rowOf: exact(rowOf), weights: weights && exact(weights) };
}
