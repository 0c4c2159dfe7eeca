/** 1 / (1 + e⁻ˣ) in double precision: the probability for a logit. */
export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
