// Computes metrics of some rows with intervals, like those of all rows: by resampling users.

import type { Estimator } from "../../compiler/middle/metrics/resampling.ts";
import { EventLoopYield } from "../../compiler/train/event-loop-yield.ts";
import type { Interval } from "../../compiler/train/metrics/bootstrap.ts";
import { bootstrap } from "../../compiler/train/metrics/bootstrap.ts";

/** Fewer resamples than for metrics of all rows: the ends of an interval are only drawn, not printed. */
export const RESAMPLES = 400;

/** By estimator; null if there are fewer than two users, or if most resamples define no value. */
export async function intervalsBy(
  by: string,
  users: number,
  estimators: readonly Estimator[],
  seed: number,
): Promise<(Interval | null)[]> {
  const turns = new EventLoopYield();
  const slices = bootstrap(users, estimators, { seed, resamples: RESAMPLES }, by);
  for (;;) {
    const slice = slices.next();
    if (slice.done === true) return slice.value;
    await turns.take();
  }
}
