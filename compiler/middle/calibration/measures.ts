// Measures how far predicted probabilities are from the observed rates.

import { sigmoid } from "../../common/sigmoid.ts";
import { ece } from "../metrics/ece.metric.ts";
import { logLoss } from "../metrics/log-loss.metric.ts";
import { ne } from "../metrics/ne.metric.ts";
import type { Outcome } from "../metrics/outcome.ts";
import { LabelledScores } from "../metrics/scored.ts";

export interface CalibrationMeasures {
  readonly logLoss: number;
  /** Normalised entropy. */
  readonly ne: number;
  /**
   * Predicted clicks divided by observed ones (He et al. 2014, section 3): 1 if the level is right. NaN
   * without clicks.
   */
  readonly ratio: number;
  /** Expected calibration error over ten bins of equally many rows. */
  readonly ece: number;
}

export function calibrationMeasures(logits: Float32Array, labels: Float32Array): CalibrationMeasures {
  const scored = new LabelledScores(logits, labels, new Map());
  return {
    logLoss: logLoss.measure(scored, {}).value,
    ne: ne.measure(scored, {}).value,
    ratio: ratioOf(totalsOf(labels, logits)),
    ece: ece.measure(scored, { bins: 10, equal: "rows" }).value,
  };
}

export interface Totals {
  /** The sum of the labels: the number of clicks, or the total amount. */
  readonly ones: number;
  /** The sum of the predictions. */
  readonly predicted: number;
  readonly outcome: Outcome;
}

/** `weights` has the number of rows that each row counts as. */
export function totalsOf(
  labels: Float32Array,
  logits: Float32Array,
  outcome: Outcome = "binary",
  weights: Float32Array | null = null,
): Totals {
  let [ones, predicted] = [0, 0];
  for (let row = 0; row < labels.length; row++) {
    const weight = weights === null ? 1 : weights[row]!;
    ones += weight * labels[row]!;
    predicted += weight * (outcome === "number" ? logits[row]! : sigmoid(logits[row]!));
  }
  return { ones, predicted, outcome };
}

export function ratioOf({ ones, predicted }: Omit<Totals, "outcome">): number {
  return ones === 0 ? Number.NaN : predicted / ones;
}

/**
 * The logits of one prediction for each row: as trained, calibrated, and by curves fitted without the row.
 */
export interface CalibratedLogits {
  readonly label: string;
  readonly labels: Float32Array;
  readonly before: Float32Array;
  readonly after: Float32Array;
  readonly expected: Float32Array;
  /** The number of each row's user; null if no metric names the users' feature. */
  readonly users: Int32Array | null;
  /** The numbers of values of `by` with a curve of their own, and of all values. */
  readonly segments: { readonly own: number; readonly all: number } | null;
}
