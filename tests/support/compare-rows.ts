// Compares both ends: rows scored by a run's training back end, and the same rows as raw requests scored by
// the compiled module. `npm run build` also compiles it for compare.mjs.

import type { RawRecord, RawRequest } from "../../compiler/backends/golden/reference-inputs.ts";
import type { AnyRanker } from "../../compiler/backends/typescript/measure-golden.ts";
import { InternalError } from "../../compiler/common/internal-error.ts";
import type { MemoryRows, SetRanges } from "../../compiler/data/memory-rows.ts";
import type { KindOf } from "../../compiler/frontend/kinds/define-kind.ts";
import { setSpaceOf, spaceOf } from "../../compiler/frontend/kinds/encoders.ts";
import { kindOf, learnedOf, numbersIn, partsOf, rawKindOf } from "../../compiler/frontend/kinds/registry.ts";
import { rawBefore } from "../../compiler/frontend/kinds/transforms.ts";
import {
  type Feature,
  FIRST_ID,
  type Fitted,
  type Model,
  UNKNOWN_ID,
} from "../../compiler/frontend/model/model.ts";
import { isClose, TOLERANCE, type Tolerance } from "../../compiler/serve/golden.ts";

export interface Comparison {
  readonly rows: number;
  /**
   * The number of requests: consecutive rows with the same user, context and histories form one, unless candidates that see one
   * another are of different ones.
   */
  readonly requests: number;
  /** The number of rows with an id unknown in training, and of rows without steps. */
  readonly withUnknown: number;
  readonly withoutSteps: number;
  /** The largest |logit − logit of the module|, and the number of rows beyond the tolerance. */
  readonly largest: number;
  readonly beyondTolerance: number;
}

/** `logits` are those of the rows of `data` by label, as `dinc predict` gives them. */
export function compareRows(
  model: Model,
  fitted: Fitted,
  data: MemoryRows,
  logits: ReadonlyMap<string, Float32Array>,
  ranker: AnyRanker,
  tolerance: Tolerance = TOLERANCE,
): Comparison {
  const rows = new RawRows(model, fitted, data);
  let [requests, largest, beyondTolerance, withUnknown, withoutSteps] = [0, 0, 0, 0, 0];
  for (let first = 0; first < data.rows; ) {
    let end = first + 1;
    while (end < data.rows && rows.sameRequest(first, end)) end++;
    const found = ranker.logits(rows.request(first, end));
    requests++;
    for (const [label, expected] of logits) {
      const scores = found instanceof Float32Array ? found : found[label];
      for (let row = first; row < end; row++) {
        const score = scores?.[row - first] ?? Number.NaN;
        if (!isClose(score, expected[row]!, tolerance)) beyondTolerance++;
        largest = Math.max(largest, Math.abs(score - expected[row]!));
      }
    }
    for (let row = first; row < end; row++) {
      if (rows.hasUnknown(row)) withUnknown++;
      if (!rows.hasSteps(row)) withoutSteps++;
    }
    first = end;
  }
  return { rows: data.rows, requests, withUnknown, withoutSteps, largest, beyondTolerance };
}

/** Turns encoded rows back into raw values. */
class RawRows {
  private readonly model: Model;
  private readonly data: MemoryRows;
  private readonly fitted: Fitted;

  constructor(model: Model, fitted: Fitted, data: MemoryRows) {
    this.model = model;
    this.data = data;
    this.fitted = fitted;
  }

  request(first: number, end: number): RawRequest {
    const candidates: RawRecord[] = [];
    for (let row = first; row < end; row++) candidates.push(this.record("item", row));
    return {
      user: this.record("user", first),
      context: this.record("context", first),
      history: Object.fromEntries(
        [...this.data.histories.keys()].map((name) => [name, this.steps(name, first)]),
      ),
      candidates,
    };
  }

  sameRequest(a: number, b: number): boolean {
    const { requests } = this.model;
    if (requests !== null) {
      const groups = this.data.groups.get(requests.by)!;
      if (groups[a] === UNKNOWN_ID || groups[a] !== groups[b]) return false;
    }
    for (const { name, scope } of this.model.features.values()) {
      if (scope === "item") continue;
      const column = this.encoded(name);
      if (column !== undefined && !this.sameRow(column, a, b)) return false;
      if (!sameSet(this.data.sets.get(name), a, b)) return false;
    }
    for (const [history, { start, end, steps, sets, numbers }] of this.data.histories) {
      const length = end[a]! - start[a]!;
      if (length !== end[b]! - start[b]!) return false;
      for (const { name, feature } of this.model.histories.get(history)!.fields) {
        const set = sets.get(name);
        if (set !== undefined) {
          for (let i = 0; i < length; i++) if (!sameSet(set, start[a]! + i, start[b]! + i)) return false;
          continue;
        }
        const values = steps.get(name) ?? numbers.get(name)!;
        const width = steps.has(name) ? 1 : numbersIn(feature.kind);
        for (let i = 0; i < length * width; i++)
          if (values[start[a]! * width + i] !== values[start[b]! * width + i]) return false;
      }
    }
    return true;
  }

  hasUnknown(row: number): boolean {
    for (const ids of this.data.ids.values()) if (ids[row]! < FIRST_ID) return true;
    for (const set of this.data.sets.values()) if (hasUnknown(set, row)) return true;
    for (const { start, end, steps, sets } of this.data.histories.values())
      for (let i = start[row]!; i < end[row]!; i++) {
        for (const ids of steps.values()) if (ids[i]! < FIRST_ID) return true;
        for (const set of sets.values()) if (hasUnknown(set, i)) return true;
      }
    return false;
  }

  hasSteps(row: number): boolean {
    return [...this.data.histories.values()].some(({ start, end }) => end[row]! > start[row]!);
  }

  private encoded(feature: string): Int32Array | Float32Array | undefined {
    return this.data.ids.get(feature) ?? this.data.numbers.get(feature);
  }

  private sameRow(column: Int32Array | Float32Array, a: number, b: number): boolean {
    const width = column.length / this.data.rows;
    for (let i = 0; i < width; i++) if (column[a * width + i] !== column[b * width + i]) return false;
    return true;
  }

  private record(scope: Feature["scope"], row: number): RawRecord {
    const entries: [string, RawRecord[string]][] = [];
    for (const feature of this.model.features.values()) {
      const set = this.data.sets.get(feature.name);
      if (feature.scope === scope && set !== undefined)
        entries.push([feature.name, this.rawSet(feature, idsOf(set, row))]);
      if (kindOf(feature.kind).gives === "vector") {
        const width = numbersIn(feature.kind);
        const vector = this.encoded(feature.name)?.subarray(row * width, (row + 1) * width);
        if (feature.scope === scope && vector !== undefined)
          entries.push([feature.name, rawNumbers(feature, vector)]);
        continue;
      }
      const value = this.encoded(feature.name)?.[row];
      if (feature.scope === scope && value !== undefined && partsOf(feature).length === 0)
        entries.push([feature.name, this.raw(feature, value)]);
    }
    return Object.fromEntries(entries);
  }

  private steps(history: string, row: number): RawRecord[] {
    const { start, end, steps, sets, numbers } = this.data.histories.get(history)!;
    const { fields } = this.model.histories.get(history)!;
    const records: RawRecord[] = [];
    for (let i = start[row]!; i < end[row]!; i++)
      records.push(
        Object.fromEntries<RawRecord[string]>(
          fields.map(({ name, feature }) => {
            const set = sets.get(name);
            if (set !== undefined) return [name, this.rawSet(feature, idsOf(set, i))];
            const values = steps.get(name) ?? numbers.get(name)!;
            const width = numbersIn(feature.kind);
            const vector = () => rawNumbers(feature, values.subarray(i * width, (i + 1) * width));
            return [name, rawKindOf(feature).gives === "vector" ? vector() : this.raw(feature, values[i]!)];
          }),
        ),
      );
    return records;
  }

  /** Different raw values for different ids of the set, also if they have the same id. */
  private rawSet(feature: Feature, ids: Int32Array): RawRecord[string] {
    if (feature.kind.kind === "codes") return this.rawVector(feature, feature.kind, ids);
    const values = Array.from(ids, (id, i) =>
      this.raw(feature, id, ids.subarray(0, i).filter((x) => x === id).length),
    );
    return feature.kind.kind === "text" ? values.join(" ") : values;
  }

  /** A vector with these codes: the sum of their centroids. */
  private rawVector(feature: Feature, { width, of }: KindOf<"codes">, ids: Int32Array): RawRecord[string] {
    if (ids[0]! < FIRST_ID) return null;
    const { transforms } = learnedOf(feature, this.fitted);
    const vector = Array.from({ length: width }, (_, i) =>
      transforms.reduce((sum, level, l) => sum + level[((ids[l]! - FIRST_ID) % of) * width + i]!, 0),
    );
    const space = setSpaceOf(feature, feature.set!, this.fitted);
    const found = space.valuesOf(vector)!.map((value) => space.space.idOf(value));
    if (found.join() !== ids.join())
      throw new InternalError(`no vector of ${feature.name} has the ids ${ids}`);
    return vector;
  }

  /** `nth`: which of the values with that id, from 0. */
  private raw(feature: Feature, value: number, nth = 0): string | number {
    const learned = learnedOf(feature, this.fitted);
    const definition = rawKindOf(feature);
    if (definition.gives === "vector") throw new InternalError(`${feature.name} is a vector`);
    if (definition.gives === "number") return rawBefore(feature.kind, learned.transforms, value);
    const index = value - FIRST_ID;
    if (index < 0) return `\u0000 unseen ${nth}`;
    if (index >= definition.size(feature.kind, learned)!)
      throw new InternalError(`id ${value} of ${feature.name} is beyond its vocabulary`);
    return definition.valueAt(feature.kind, learned, index, nth, (each) =>
      spaceOf(feature, this.fitted).idOf(each),
    );
  }
}

function idsOf({ ids, start, end }: SetRanges, row: number): Int32Array {
  return ids.subarray(start[row]!, end[row]!);
}

function hasUnknown(set: SetRanges, row: number): boolean {
  return idsOf(set, row).some((id) => id < FIRST_ID);
}

function sameSet(set: SetRanges | undefined, a: number, b: number): boolean {
  if (set === undefined) return true;
  const [first, second] = [idsOf(set, a), idsOf(set, b)];
  return first.length === second.length && first.every((id, i) => id === second[i]);
}

/** A vector unchanged; for a time, the time that was read as this day and second. */
function rawNumbers({ kind }: Feature, numbers: ArrayLike<number>): RawRecord[string] {
  const [day, second] = [numbers[0]!, numbers[1]!];
  return kind.kind === "time" ? Date.UTC(2000, 0, 1 + day) / 1000 + second : Array.from(numbers);
}
