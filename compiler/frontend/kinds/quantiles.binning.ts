// `quantiles(n)`: n buckets with equally many training rows each.

import { readWhole } from "../syntax/constants.ts";
import type { BinningDefinition, BinningOf, Learner } from "./define-transform.ts";
import { learned } from "./made.ts";
import { badOption, fewArguments } from "./options.ts";

const MOST_BUCKETS = 10_000;

export const quantiles: BinningDefinition<BinningOf<"quantiles">> = {
  keyword: "quantiles",
  form: "quantiles(10)",
  doc: "The id of a bucket; the buckets have equally many training rows each.",
  read: (reference, reporter) => {
    const given = fewArguments(reference, 1, 1, "how many buckets: `quantiles(10)`", reporter);
    if (given === null) return null;
    const count = readWhole(given[0]!.value, 2, MOST_BUCKETS);
    return count === null
      ? badOption(given[0]!, "quantiles", `a whole number from 2 to ${MOST_BUCKETS}`, reporter)
      : { kind: "quantiles", count };
  },
  learn: ({ count }) => new Quantiles(count),
  untrained: ({ count }) => Array.from({ length: count - 1 }, (_, i) => i + 1),
  size: ({ count }) => count,
  bounds: (_, learned) => learned,
  code: (_, place) => learned(place),
};

/**
 * Bound k is the number at place ⌊k·N/n⌋ of the N rows' numbers in ascending order, from 0. Equal bounds are
 * one, and a bound equal to the least number is dropped, because nothing is below it: then there are fewer
 * than n buckets.
 */
class Quantiles implements Learner {
  private readonly count: number;
  private readonly values: number[] = [];
  private readonly times: number[] = [];

  constructor(count: number) {
    this.count = count;
  }

  add(value: number, times: number): void {
    if (times === 0) return;
    this.values.push(value);
    this.times.push(times);
  }

  finish(): readonly number[] {
    const { values, times, count } = this;
    const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
    const rows = times.reduce((sum, each) => sum + each, 0);
    const bounds: number[] = [];
    let below = 0;
    let k = 1;
    for (const i of order) {
      below += times[i]!;
      for (; k < count && Math.floor((k * rows) / count) < below; k++) {
        const last = bounds.at(-1) ?? values[order[0]!]!;
        if (values[i]! > last) bounds.push(values[i]!);
      }
    }
    return bounds;
  }
}
