// Mean binary cross-entropy from logits: softplus(z) − y·z, which needs no clipping of probabilities.

import { defineMetric, plain } from "./define-metric.ts";
import { meanOfRows } from "./resampling.ts";
import type { Scored } from "./scored.ts";

export const logLoss = defineMetric({
  name: "log_loss",
  doc: "The mean binary cross-entropy in nats, from logits. An infinite logit counts as ±10000.",
  better: "lower",
  judges: "probability",
  parameters: {},
  suffix: () => "",
  note: () => null,
  skips: null,
  measure(scored) {
    let sum = 0;
    for (let row = 0; row < scored.rows; row++) sum += lossOf(scored, row);
    return plain(
      sum / scored.rows,
      meanOfRows((row) => lossOf(scored, row)),
    );
  },
});

/** So that one confident mistake shows as a large number and not as an infinite mean; NaN stays NaN. */
const LARGEST_LOGIT = 1e4;

export function lossOf({ logits, labels }: Scored, row: number): number {
  const logit = Math.min(Math.max(logits[row]!, -LARGEST_LOGIT), LARGEST_LOGIT);
  return softplus(logit) - labels[row]! * logit;
}

/** log(1 + exp(z)), exact in both tails. */
function softplus(z: number): number {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}
