// Mean cross-entropy from logits. For binary labels it is softplus(z) − y·z, which needs no clipping of
// probabilities; for classes it is log Σ exp z − z.

import { classLoss } from "./classes.ts";
import { defineMetric, plain, withoutArguments } from "./define-metric.ts";
import { meanOfRows } from "./resampling.ts";
import type { LabelledScores } from "./scored.ts";

export const logLoss = defineMetric({
  name: "log_loss",
  doc: "The mean cross-entropy in nats, from logits: −log of the probability given to what happened. An infinite logit of a yes or no counts as ±10000.",
  better: "lower",
  fits: ["binary", "share", "class"],
  judges: "probability",
  ...withoutArguments,
  measure(scored) {
    const loss = scored.outcome === "class" ? classLoss : lossOf;
    let sum = 0;
    for (let row = 0; row < scored.rows; row++) sum += scored.weightOf(row) * loss(scored, row);
    const value = plain(
      sum / scored.total,
      meanOfRows(
        (row) => loss(scored, row),
        (row) => scored.weightOf(row),
      ),
    );
    return { ...value, constant: constantLoss(scored) };
  },
});

/** The log loss of predicting for each row how often its outcome is among all of them: their entropy. */
function constantLoss(scored: LabelledScores): number {
  const { outcome, labels, rows, total, width } = scored;
  const sums = new Float64Array(outcome === "class" ? width : 2);
  for (let row = 0; row < rows; row++) {
    const [label, weight] = [labels[row]!, scored.weightOf(row)];
    if (outcome === "class") sums[label]! += weight;
    else {
      sums[0]! += weight * (1 - label);
      sums[1]! += weight * label;
    }
  }
  return sums.reduce((loss, sum) => (sum === 0 ? loss : loss - (sum / total) * Math.log(sum / total)), 0);
}

/** The bound turns one confident mistake into a large number instead of an infinite mean. NaN stays NaN. */
const LARGEST_LOGIT = 1e4;

export function lossOf({ logits, labels }: LabelledScores, row: number): number {
  const logit = Math.min(Math.max(logits[row]!, -LARGEST_LOGIT), LARGEST_LOGIT);
  return softplus(logit) - labels[row]! * logit;
}

/** log(1 + exp(z)), exact in both tails. */
function softplus(z: number): number {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}
