// Rows in the order of their scores, as resampling goes through them: one after the other in memory, and without their
// scores.

import type { Units } from "./resampling.ts";
import type { LabelledScores } from "./scored.ts";

/** Rows with what ranks them. */
export type RankedScores = Pick<LabelledScores, "order" | "logits" | "labels" | "weights">;

export interface RankedUnits {
  /** By rank, lowest score first: the row's unit. */
  readonly unitAt: Uint32Array;
  /** 1 for a click. */
  readonly clickAt: Uint8Array;
  /** 1 where the next row has another score. */
  readonly endAt: Uint8Array;
  /** How many rows it counts as; null where each counts once. */
  readonly weightAt: Float32Array | null;
}

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
