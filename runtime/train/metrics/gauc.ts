// Grouped AUC (Zhu et al., KDD 2017; the DIN paper, section 6.2): every user's own AUC, averaged with a weighting that
// has to be named. A user with one class only has no AUC: skipped, and counted.

import type { GaucWeighting } from "../../../compiler/model/model.ts";
import { aucOfRange } from "./auc.ts";

export interface GroupedAuc {
  /** NaN where no group has both classes. */
  readonly value: number;
  readonly groups: number;
  /** Groups with clicks only or without any. */
  readonly skipped: number;
}

/** `groups`: equal numbers mean the same user. Weights: its rows, its clicks, or 1. */
export function groupedAuc(
  scores: Float32Array,
  labels: Float32Array,
  groups: Int32Array,
  weighting: GaucWeighting,
): GroupedAuc {
  const order = new Uint32Array(scores.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  order.sort((a, b) => groups[a]! - groups[b]! || scores[a]! - scores[b]!);
  let sum = 0;
  let weights = 0;
  let count = 0;
  let skipped = 0;
  for (let first = 0; first < order.length; ) {
    const group = groups[order[first]!];
    let next = first;
    let clicks = 0;
    while (next < order.length && groups[order[next]!] === group)
      clicks += labels[order[next++]!] === 1 ? 1 : 0;
    count += 1;
    if (clicks === 0 || clicks === next - first) skipped += 1;
    else {
      const weight = weighting === "impressions" ? next - first : weighting === "clicks" ? clicks : 1;
      sum += weight * aucOfRange(scores, labels, order, first, next);
      weights += weight;
    }
    first = next;
  }
  return { value: sum / weights, groups: count, skipped };
}
