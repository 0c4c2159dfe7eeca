// Encodes sets whose values have weights: lists of pairs of a value and its weight. As in other sets, the first
// `max` distinct values count; the weight is that of the first pair with the value.

import { type Columns, isColumns, type Records, type SetColumn, takeSet, takeWeights } from "./columns.ts";
import { type IdSpace, NOT_AN_ID } from "./features.ts";
import type { Input } from "./inputs.ts";
import { pathOf, propertyOf, RankerInputError, requireRecord } from "./requests.ts";
import { DistinctValues, type SetSpace } from "./sets.ts";
import type { NewCounter } from "./stats.ts";

export class WeightedSet implements SetSpace {
  readonly space: IdSpace;
  readonly max: number;
  /** Whether the weights are those of a mean: none is negative, and they are divided by their sum. */
  readonly ofMean: boolean;

  /** `ofMean` is 1 for a mean, else 0. */
  constructor(space: IdSpace, max: number, ofMean: number) {
    this.space = space;
    this.max = max;
    this.ofMean = ofMean === 1;
  }

  valuesOf(raw: unknown): readonly unknown[] | null {
    return Array.isArray(raw) ? raw : null;
  }

  whyNot(raw: unknown): string {
    return raw === undefined || raw === null ? "is missing: give [] for none" : "must be an array";
  }
}

/** Why a number is no weight; null if it is one. */
export function whyNoWeight(weight: unknown, ofMean: boolean): "not finite" | "negative" | null {
  if (typeof weight !== "number" || !Number.isFinite(Math.fround(weight))) return "not finite";
  return ofMean && weight < 0 ? "negative" : null;
}

/** The number by which the weights of a set are divided. */
export function divisorOf(weights: readonly number[], ofMean: boolean): number {
  let sum = 0;
  if (ofMean) for (let i = 0; i < weights.length; i++) sum += weights[i]!;
  return sum === 0 ? 1 : sum;
}

const distinctPairs = new DistinctValues();

/** Reads ids and weights of a set of one record, starting at `at`, like `readSet`. */
export function readWeightedSet(
  ids: Int32Array,
  weights: Float32Array,
  at: number,
  record: unknown,
  where: string,
  index: number,
  name: string,
  set: WeightedSet,
): number {
  const { space, max, ofMean } = set;
  const raw = propertyOf(record, name);
  const pairs = set.valuesOf(raw);
  if (pairs === null) {
    requireRecord(record, where, index);
    throw new RankerInputError(pathOf(where, index, name), set.whyNot(raw));
  }
  distinctPairs.clear();
  const own: number[] = [];
  for (let i = 0; i < pairs.length && own.length < max; i++) {
    const pair = pairs[i];
    const refuse = (why: string) => {
      throw new RankerInputError(`${pathOf(where, index, name)}[${i}]`, why);
    };
    if (!Array.isArray(pair) || pair.length !== 2) refuse("must be a pair of a value and its weight");
    const [value, weight] = pair as [unknown, number];
    const no = whyNoWeight(weight, ofMean);
    if (no === "not finite") refuse("must have a finite number of 32 bits as its weight");
    if (no === "negative") refuse("must have a weight of at least 0");
    if (!distinctPairs.isNew(value)) continue;
    const id = space.idOf(value);
    if (id === NOT_AN_ID) refuse(space.whyNot(value));
    ids[at + own.length] = id;
    own.push(weight);
  }
  const divisor = divisorOf(own, ofMean);
  for (let i = 0; i < own.length; i++) weights[at++] = own[i]! / divisor;
  return at;
}

/** Reads ids and weights of sets, and the index of each value's record, like `readSets`. */
export function readWeightedSets(
  ids: Int32Array,
  weights: Float32Array,
  rowOf: Int32Array,
  records: Records,
  from: number,
  count: number,
  where: string,
  name: string,
  set: WeightedSet,
): number {
  let at = 0;
  for (let i = 0; i < count; i++) {
    let end = at;
    if (isColumns(records)) {
      end = takeSet(ids, at, records as Columns<object>, from + i, where, name, set.space, set.max);
      takeWeights(weights, at, end, records as Columns<object>, from + i, where, name);
    } else end = readWeightedSet(ids, weights, at, records[from + i], where, from + i, name, set);
    rowOf.fill(i, at, end);
    at = end;
  }
  return at;
}

/** Ids and weights of the sets `name` of a list, as a column. */
export function encodeWeightedSets(
  list: readonly unknown[],
  where: string,
  name: string,
  set: WeightedSet,
): SetColumn {
  const offsets = new Int32Array(list.length + 1);
  const all: number[] = [];
  const allWeights: number[] = [];
  const [ids, weights] = [new Int32Array(set.max), new Float32Array(set.max)];
  for (let i = 0; i < list.length; i++) {
    const end = readWeightedSet(ids, weights, 0, list[i], where, i, name, set);
    for (let k = 0; k < end; k++) {
      all.push(ids[k]!);
      allWeights.push(weights[k]!);
    }
    offsets[i + 1] = all.length;
  }
  return { values: Int32Array.from(all), offsets, weights: Float32Array.from(allWeights) };
}

/** Like `setInput`, with a buffer for the weight of each value. */
export function weightedSetInput<Values>(
  name: string,
  set: WeightedSet,
  bufferOf: (values: Values) => Int32Array,
  rowsOf: (values: Values) => Int32Array,
  setElements: (values: Values, count: number) => void,
  weightsOf: (values: Values) => Float32Array,
  newCounter?: NewCounter,
): Input<Values> {
  let elements = 0;
  return {
    ...{ name, holds: "set", newCounter },
    read(values, records, from, count, where) {
      const [ids, weights, rowOf] = [bufferOf(values), weightsOf(values), rowsOf(values)];
      elements = readWeightedSets(ids, weights, rowOf, records, from, count, where, name, set);
      setElements(values, elements);
    },
    encode: (list, where) => encodeWeightedSets(list, where, name, set),
    idsIn: (values) => bufferOf(values).subarray(0, elements),
  };
}
