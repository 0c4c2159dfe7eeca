// Encodes sets whose values have weights: lists of pairs of a value and its weight. As in other sets, the first
// `max` distinct values count; the weight is that of the first pair with the value.

import { isColumns, takeWeights } from "./columns.ts";
import type { IdSpace } from "./features.ts";
import { type Input, setInput } from "./inputs.ts";
import { pathOf, propertyOf, RankerInputError } from "./requests.ts";
import { distinct, encodeSets, type SetSpace } from "./sets.ts";
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
    return Array.isArray(raw) ? raw.map((pair) => pair?.[0]) : null;
  }

  whyNot(raw: unknown): string {
    return raw === undefined || raw === null ? "is missing: give [] for none" : "must be an array";
  }
}

/** Why a number isn't a weight; null if it is one. */
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

/**
 * Reads the weights of the sets `name` of records, one for each value that `readSets` reads, in its order.
 * Records without a list of pairs are left to it. Returns the number of weights.
 */
export function readWeights(
  out: Float32Array,
  records: readonly unknown[],
  from: number,
  count: number,
  where: string,
  name: string,
  { max, ofMean }: WeightedSet,
): number {
  let at = 0;
  for (let row = from; row < from + count; row++) {
    const pairs = propertyOf(records[row], name);
    const own: number[] = [];
    distinct.clear();
    for (let i = 0; Array.isArray(pairs) && i < pairs.length && own.length < max; i++) {
      const why = whyNoPair(pairs[i], ofMean);
      if (why !== null) throw new RankerInputError(`${pathOf(where, row, name)}[${i}]`, why);
      if (distinct.isNew(pairs[i][0])) own.push(pairs[i][1]);
    }
    const divisor = divisorOf(own, ofMean);
    for (let i = 0; i < own.length; i++) out[at++] = own[i]! / divisor;
  }
  return at;
}

function whyNoPair(pair: unknown, ofMean: boolean): string | null {
  if (!Array.isArray(pair) || pair.length !== 2) return "must be a pair of a value and its weight";
  const why = whyNoWeight(pair[1], ofMean);
  if (why === "not finite") return "must have a finite number of 32 bits as its weight";
  return why === "negative" ? "must have a weight of at least 0" : null;
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
  const input = setInput(name, set, bufferOf, rowsOf, setElements, newCounter);
  return {
    ...input,
    read(values, records, from, count, where) {
      if (!isColumns(records)) readWeights(weightsOf(values), records, from, count, where, name, set);
      input.read(values, records, from, count, where);
      if (isColumns(records)) takeWeights(weightsOf(values), records, from, count, where, name);
    },
    encode(list, where) {
      const weights = new Float32Array(list.length * set.max);
      const count = readWeights(weights, list, 0, list.length, where, name, set);
      return { ...encodeSets(list, where, name, set), weights: weights.slice(0, count) };
    },
  };
}
