// The area under the ROC curve, exactly: the share of (positive, negative) pairs that the score puts in the right
// order, ties counting one half. From ranks in O(n log n); equal scores share their average rank.

/** Positions 0 … n − 1 in the order of their scores, lowest first. */
export function byScore(scores: Float32Array): Uint32Array {
  const order = new Uint32Array(scores.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  return order.sort((a, b) => scores[a]! - scores[b]!);
}

/**
 * AUC of `labels` (1 or 0) under `scores` (logits or probabilities: only their order counts). NaN where one class
 * is missing.
 */
export function auc(scores: Float32Array, labels: Float32Array): number {
  return aucOfRange(scores, labels, byScore(scores), 0, scores.length);
}

/** AUC of the examples `order[from] … order[to − 1]`, which must be in the order of their scores. */
export function aucOfRange(
  scores: Float32Array,
  labels: Float32Array,
  order: Uint32Array,
  from: number,
  to: number,
): number {
  let positives = 0;
  // Twice the sum of the positives' ranks: whole numbers, so that no rounding depends on the order of addition.
  let doubledRanks = 0;
  for (let first = from; first < to; ) {
    const score = scores[order[first]!]!;
    let next = first;
    let tiedPositives = 0;
    while (next < to && scores[order[next]!] === score) tiedPositives += labels[order[next++]!] === 1 ? 1 : 0;
    if (next === first) return Number.NaN; // a score that is not a number equals nothing
    doubledRanks += tiedPositives * (first - from + 1 + (next - from));
    positives += tiedPositives;
    first = next;
  }
  const negatives = to - from - positives;
  if (positives === 0 || negatives === 0) return Number.NaN;
  return (doubledRanks / 2 - (positives * (positives + 1)) / 2) / (positives * negatives);
}
