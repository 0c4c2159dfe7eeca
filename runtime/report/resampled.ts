// Metrics of some of the rows, with intervals made as those of all rows are: by drawing users.

import type { Estimator } from "../../compiler/middle/metrics/resampling.ts";
import { EventLoopYield } from "../../compiler/train/event-loop-yield.ts";
import type { Interval } from "../../compiler/train/metrics/bootstrap.ts";
import { bootstrap } from "../../compiler/train/metrics/bootstrap.ts";

/** Fewer than a metric of all rows has: the ends of an interval are drawn, not read off to the last digit. */
export const RESAMPLES = 400;

/** By estimator; null where there are fewer than two users, or most draws do not define a value. */
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
