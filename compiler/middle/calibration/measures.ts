// How far probabilities are from what happens.

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
  /** Predicted clicks over observed ones (He et al. 2014, section 3): 1 where the level is right. NaN without any. */
  readonly ratio: number;
  /** Of ten bins with equally many rows. */
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
  /** What the labels add up to: how many rows are 1, or an amount. */
  readonly ones: number;
  /** What the predictions add up to. */
  readonly predicted: number;
  readonly outcome: Outcome;
}

/** `weights` say how many rows each counts as. */
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

/** Logits of the rows of one prediction: as trained, calibrated, and by curves that were fitted without them. */
export interface CalibratedLogits {
  readonly label: string;
  readonly labels: Float32Array;
  readonly before: Float32Array;
  readonly after: Float32Array;
  readonly expected: Float32Array;
  /** By row a number of its user; null where no metric says who the users are. */
  readonly users: Int32Array | null;
  /** How many values of `by` have a curve of their own, and how many there are. */
  readonly segments: { readonly own: number; readonly all: number } | null;
}
