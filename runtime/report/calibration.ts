// Computes calibration: the reliability table of ECE, with intervals for the observed click rates.

import { sigmoid } from "../../compiler/common/sigmoid.ts";
import type { ReliabilityBin } from "../../compiler/middle/metrics/define-metric.ts";
import { ece } from "../../compiler/middle/metrics/ece.metric.ts";
import type { Metric } from "../../compiler/middle/metrics/registry.ts";
import { ratio } from "../../compiler/middle/metrics/resampling.ts";
import { LabelledScores } from "../../compiler/middle/metrics/scored.ts";
import type { Interval } from "../../compiler/train/metrics/bootstrap.ts";
import type { BreakdownInput } from "./breakdown.ts";
import { intervalsBy } from "./resampled.ts";

export interface CalibrationReport {
  readonly bins: readonly CalibrationBin[];
  /** The expected calibration error of these rows. */
  readonly error: number;
  readonly equal: "width" | "rows";
}

export interface CalibrationBin extends ReliabilityBin {
  /** The interval of `observed`. */
  readonly interval: Interval | null;
}

/**
 * The default for a spec without ECE. For rare clicks, bins of equal width would put all rows into one bin.
 */
const UNASKED = { bins: 10, equal: "rows" } as const;

/** Uses the bins that the spec sets. */
export async function calibrationOf(
  metrics: readonly Metric[],
  { logits, labels, weights, users, seed }: BreakdownInput,
): Promise<CalibrationReport> {
  const settings = metrics.find((metric) => metric.kind === "ece") ?? UNASKED;
  const scored = new LabelledScores(
    logits,
    labels,
    new Map(users === null ? [] : [[users.by, users.of]]),
    "binary",
    weights,
  );
  const { table, value } = ece.measure(scored, settings);
  const bins = table ?? [];
  const intervals = users === null ? [] : await observedIntervals(bins, scored, users.by, seed);
  return {
    bins: bins.map((bin, i) => ({ ...bin, interval: intervals[i] ?? null })),
    error: value,
    equal: settings.equal,
  };
}

async function observedIntervals(
  bins: readonly ReliabilityBin[],
  scored: LabelledScores,
  by: string,
  seed: number,
): Promise<(Interval | null)[]> {
  const { count, of } = scored.groups(by);
  const clicks = bins.map(() => new Float64Array(count));
  const rows = bins.map(() => new Float64Array(count));
  for (let row = 0; row < scored.rows; row++) {
    const probability = sigmoid(scored.logits[row]!);
    // Bins are disjoint, lowest first.
    const bin = bins.findIndex(({ highest }) => probability <= highest);
    clicks[bin]![of[row]!]! += scored.weightOf(row) * scored.labels[row]!;
    rows[bin]![of[row]!]! += scored.weightOf(row);
  }
  const estimators = bins.map((_, i) => ratio(clicks[i]!, rows[i]!));
  return intervalsBy(by, count, estimators, seed);
}
