// `min_max`: the training rows' least number becomes 0, their largest 1.

import type { Learner, TransformDefinition, TransformOf } from "./define-transform.ts";
import { call, learned } from "./made.ts";
import { rejectOptions } from "./options.ts";

export const minMax: TransformDefinition<TransformOf<"min_max">> = {
  keyword: "min_max",
  form: "min_max",
  doc: "Scales so that the smallest training value is 0 and the largest 1 (a constant column becomes 0); other values may be below 0 or above 1.",
  read: (reference, reporter) => (rejectOptions(reference, [], reporter) ? { kind: "min_max" } : null),
  learn: () => new Extent(),
  untrained: () => [0, 100],
  step: (serve, _, [least, range]) => serve.minMax(least!, range!),
  code: (_, place) => call("minMax", learned(place, 0), learned(place, 1)),
  range: () => [0, 1],
  before: (_, [least, range], x) => x * range! + least!,
};

class Extent implements Learner {
  private least = Number.POSITIVE_INFINITY;
  private largest = Number.NEGATIVE_INFINITY;

  add(value: number, times: number): void {
    if (times === 0) return;
    this.least = Math.min(this.least, value);
    this.largest = Math.max(this.largest, value);
  }

  /** The range is never 0: a constant column has range 1, and so becomes 0. */
  finish(): readonly number[] {
    if (this.least > this.largest) return [0, 1];
    const range = this.largest - this.least;
    return [this.least, range === 0 ? 1 : range];
  }
}
