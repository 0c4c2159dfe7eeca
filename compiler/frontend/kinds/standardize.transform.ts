// `standardize`: mean 0 and deviation 1 on the training rows.

import type { Learner, TransformDefinition, TransformOf } from "./define-transform.ts";
import { call, learned } from "./made.ts";
import { rejectOptions } from "./options.ts";

export const standardize: TransformDefinition<TransformOf<"standardize">> = {
  keyword: "standardize",
  form: "standardize",
  doc: "Scales to mean 0 and standard deviation 1 on the training rows (a constant column becomes 0).",
  read: (reference, reporter) => (rejectOptions(reference, [], reporter) ? { kind: "standardize" } : null),
  learn: () => new RunningScale(),
  untrained: () => [0.5, 2],
  step: (serve, _, [mean, deviation]) => serve.standardize(mean!, deviation!),
  code: (_, place) => call("standardize", learned(place, 0), learned(place, 1)),
  range: () => [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  before: (_, [mean, deviation], x) => x * deviation! + mean!,
};

/** Mean and population deviation of a stream of numbers, in f64 (Welford 1962; with weights, West 1979). */
class RunningScale implements Learner {
  private count = 0;
  private mean = 0;
  private squares = 0;

  add(value: number, times: number): void {
    if (times === 0) return;
    this.count += times;
    const difference = value - this.mean;
    this.mean += (difference * times) / this.count;
    this.squares += times * difference * (value - this.mean);
  }

  /** The deviation is never 0: a constant column has deviation 1. */
  finish(): readonly number[] {
    const deviation = this.count === 0 ? 0 : Math.sqrt(this.squares / this.count);
    return [this.mean, deviation === 0 ? 1 : deviation];
  }
}
