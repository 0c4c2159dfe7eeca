// Rows sorted by score in the form that resampling needs: contiguous in memory, and without the scores.

import type { RankedUnits, Units } from "./resampling.ts";
import type { LabelledScores } from "./scored.ts";

/** Rows with the fields that rank them. */
export type RankedScores = Pick<LabelledScores, "order" | "logits" | "labels" | "weights">;

export function rankedUnits({ order, logits, labels, weights }: RankedScores, { of }: Units): RankedUnits {
  const unitAt = new Uint32Array(order.length);
  const clickAt = new Uint8Array(order.length);
  const endAt = new Uint8Array(order.length);
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    unitAt[i] = of[row]!;
    clickAt[i] = labels[row] === 1 ? 1 : 0;
    endAt[i] = i + 1 === order.length || logits[order[i + 1]!] !== logits[row] ? 1 : 0;
  }
  const weightAt = weights === null ? null : Float32Array.from(order, (row) => weights[row]!);
  return { unitAt, clickAt, endAt, weightAt };
}
