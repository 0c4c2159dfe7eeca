// Rows with several classes, for their metrics. The logit of a class is that of the class against all others,
// so logits of different classes and rows are comparable.

import { aucOfRange } from "./auc.metric.ts";
import { rowsByScore } from "./radix-sort.ts";
import type { RankedScores } from "./ranked-units.ts";
import type { LabelledScores } from "./scored.ts";

/** log Σ exp of the numbers of a row, without the number at index `but`. */
export function logSumExp({ logits, width }: LabelledScores, row: number, but = -1): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < width; i++) if (i !== but) largest = Math.max(largest, logits[row * width + i]!);
  if (!Number.isFinite(largest)) return largest;
  let sum = 0;
  for (let i = 0; i < width; i++) if (i !== but) sum += Math.exp(logits[row * width + i]! - largest);
  return largest + Math.log(sum);
}

/** −log of the predicted probability of the row's class. */
export function classLoss(scored: LabelledScores, row: number): number {
  return logSumExp(scored, row) - scored.logits[row * scored.width + scored.labels[row]!]!;
}

/** The class with the highest probability; the first one in a tie. */
export function likeliest({ logits, width }: LabelledScores, row: number): number {
  let best = 0;
  for (let i = 1; i < width; i++) if (logits[row * width + i]! > logits[row * width + best]!) best = i;
  return best;
}

/** All rows with their logit for one class, and whether it is their label; null if a score is NaN. */
export function ofClass(scored: LabelledScores, place: number): RankedScores | null {
  const { labels, rows, weights } = scored;
  const logits = Float32Array.from({ length: rows }, (_, row) => against(scored, row, place));
  return ranked(
    logits,
    labels.map((label) => (label === place ? 1 : 0)),
    weights,
  );
}

/** Every class of every row as one binary outcome, row by row. */
export function ofAllClasses(scored: LabelledScores): RankedScores | null {
  const { labels, rows, width, weights } = scored;
  const logits = Float32Array.from({ length: rows * width }, (_, i) =>
    against(scored, Math.floor(i / width), i % width),
  );
  return ranked(
    logits,
    logits.map((_, i) => (labels[Math.floor(i / width)] === i % width ? 1 : 0)),
    weights && logits.map((_, i) => weights[Math.floor(i / width)]!),
  );
}

/** NaN if there are only positives or only negatives. */
export function aucOf(rows: RankedScores | null): number {
  return rows === null ? Number.NaN : aucOfRange(rows, rows.order, 0, rows.order.length);
}

/** The AUC of each class, in the order of the classes. */
export function aucOfEach(scored: LabelledScores): number[] {
  return Array.from({ length: scored.width }, (_, place) => aucOf(ofClass(scored, place)));
}

function against(scored: LabelledScores, row: number, place: number): number {
  return scored.logits[row * scored.width + place]! - logSumExp(scored, row, place);
}

function ranked(
  logits: Float32Array,
  labels: Float32Array,
  weights: Float32Array | null,
): RankedScores | null {
  return logits.some(Number.isNaN) ? null : { logits, labels, weights, order: rowsByScore(logits) };
}
