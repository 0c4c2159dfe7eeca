// Normalised entropy (He et al., ADKDD 2014, section 3): log loss divided by that of the best constant
// prediction, so that it does not depend on how rare clicks are.

import { defineMetric, plain, withoutArguments } from "./define-metric.ts";
import { lossOf } from "./log-loss.metric.ts";
import { LANES, ratio, type Units } from "./resampling.ts";
import type { LabelledScores } from "./scored.ts";

export const ne = defineMetric({
  name: "ne",
  doc: "Normalised entropy: the mean binary cross-entropy divided by that of predicting the rows' click rate for each of them. 1 is no better than the click rate, 0 is perfect. Rows of one class have none.",
  better: "lower",
  fits: ["binary", "share"],
  judges: "probability",
  ...withoutArguments,
  measure(scored) {
    let [loss, clicks] = [0, 0];
    for (let row = 0; row < scored.rows; row++) {
      loss += scored.weightOf(row) * lossOf(scored, row);
      clicks += scored.weightOf(row) * scored.labels[row]!;
    }
    return plain(normalised(loss / scored.total, clicks / scored.total), resampled(scored));
  },
});

function resampled(
  scored: LabelledScores,
): (units: Units) => (weights: Uint8Array, out: Float64Array) => void {
  return ({ count, of }) => {
    const [losses, clicks, rows] = [0, 1, 2].map(() => new Float64Array(count)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    for (let row = 0; row < of.length; row++) {
      const weight = scored.weightOf(row);
      losses[of[row]!]! += weight * lossOf(scored, row);
      clicks[of[row]!]! += weight * scored.labels[row]!;
      rows[of[row]!]! += weight;
    }
    const [meanLoss, clickRate] = [ratio(losses, rows), ratio(clicks, rows)];
    const rates = new Float64Array(LANES);
    return (weights, out) => {
      meanLoss(weights, out);
      clickRate(weights, rates);
      for (let lane = 0; lane < LANES; lane++) out[lane] = normalised(out[lane]!, rates[lane]!);
    };
  };
}

function normalised(loss: number, clickRate: number): number {
  const isOneClass = clickRate === 0 || clickRate === 1;
  return isOneClass ? Number.NaN : loss / entropyOf(clickRate);
}

/** The log loss of predicting `rate` if that share of the rows are clicks. */
export function entropyOf(rate: number): number {
  return -(rate * Math.log(rate) + (1 - rate) * Math.log1p(-rate));
}
