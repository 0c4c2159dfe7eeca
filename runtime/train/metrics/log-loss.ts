// Mean binary cross-entropy from logits: softplus(z) − y·z, which needs no clipping of probabilities.

/** softplus(z) = log(1 + exp(z)), exact in both tails. */
export function softplus(z: number): number {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}

/**
 * Mean over the examples, in nats. An infinite logit counts as ±1e4, so that one confident mistake shows as a large
 * number and not as an infinite mean; NaN stays NaN.
 */
export function logLoss(logits: Float32Array, labels: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const logit = Math.min(Math.max(logits[i]!, -1e4), 1e4);
    sum += softplus(logit) - labels[i]! * logit;
  }
  return sum / logits.length;
}
