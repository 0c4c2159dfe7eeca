// Percentile intervals by bootstrap over users (Efron & Tibshirani 1993, sections 13.3 and 8.5): users are
// drawn with replacement, as many as there are, each with all of their rows, because the rows of one user are
// alike. The draws depend on the seed only, and are the same for all metrics.

import { Random } from "../../common/random.ts";
import { type Estimator, LANES } from "../../middle/metrics/resampling.ts";

export interface Resampling {
  readonly seed: number;
  /** The number of resamples; 0 for no intervals. */
  readonly resamples: number;
}

/** The current computation: a metric, or the intervals of all metrics, after `resamples` of `of`. */
export type MeasureProgress =
  | { readonly kind: "metric"; readonly title: string }
  | { readonly kind: "intervals"; readonly resamples: number; readonly of: number };

/** The middle 95 % of the metric's values over resamples of the users, drawn with replacement, as many as there are. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** The feature that identifies users. */
  readonly by: string;
  readonly resamples: number;
}

/**
 * The number of resamples for this number of rows: 1,000, so that the ends of an interval vary by a few
 * percent of its width between seeds. From two million rows on it falls, down to 200, so that intervals take
 * no longer than scoring the rows.
 */
export function resamplesFor(rows: number): number {
  return Math.round(Math.min(1000, Math.max(200, 2e9 / rows)));
}

const COVERED = 0.95;

/** An interval for each estimator; null if most resamples do not define its value. */
export function* bootstrap(
  users: number,
  estimators: readonly Estimator[],
  resampling: Resampling,
  by: string,
): Generator<MeasureProgress, (Interval | null)[]> {
  if (users < 2 || resampling.resamples === 0) return estimators.map(() => null);
  const estimates = yield* resampled(users, estimators, resampling, by);
  return estimates.map((values) => middle(values, by));
}

/**
 * By estimator, its values over the resamples, with the same draws for all. There must be at least two users.
 */
export function* resampled(
  users: number,
  estimators: readonly Estimator[],
  { seed, resamples }: Resampling,
  by: string,
): Generator<MeasureProgress, Float64Array[]> {
  const random = Random.of(seed, `bootstrap ${by}`);
  const weights = new Uint8Array(LANES * users);
  const drawn = new Uint32Array(users);
  const estimates = estimators.map(() => new Float64Array(LANES * Math.ceil(resamples / LANES)));
  for (let done = 0; done < resamples; done += LANES) {
    yield { kind: "intervals", resamples: done, of: resamples };
    draw(weights, drawn, random);
    for (const [i, estimator] of estimators.entries())
      estimator(weights, estimates[i]!.subarray(done, done + LANES));
  }
  return estimates.map((values) => values.subarray(0, resamples));
}

/**
 * No user is drawn 256 times: with fewer users it is impossible, with more it does not happen in practice.
 */
function draw(weights: Uint8Array, drawn: Uint32Array, random: Random): void {
  weights.fill(0);
  for (let lane = 0; lane < LANES; lane++) {
    random.integers(drawn, drawn.length);
    for (let i = 0; i < drawn.length; i++) weights[LANES * drawn[i]! + lane]! += 1;
  }
}

/** The middle of values over resamples; null if most do not define one. */
export function middle(estimates: Float64Array, by: string): Interval | null {
  const values = estimates.filter(Number.isFinite).sort();
  if (values.length <= estimates.length / 2) return null;
  const outside = (1 - COVERED) / 2;
  return {
    low: quantile(values, outside),
    high: quantile(values, 1 - outside),
    by,
    resamples: estimates.length,
  };
}

/** A quantile of sorted values, by linear interpolation. */
function quantile(values: Float64Array, share: number): number {
  const at = share * (values.length - 1);
  const [below, above] = [values[Math.floor(at)]!, values[Math.ceil(at)]!];
  return below + (at - Math.floor(at)) * (above - below);
}
