// The exact area under the ROC curve, from ranks in O(n) once the rows are sorted by score.

import { defineMetric, plain, withoutArguments } from "./define-metric.ts";
import { type RankedScores, rankedUnits } from "./ranked-units.ts";
import { type Estimator, LANES, type RankedUnits, type Units } from "./resampling.ts";
import type { LabelledScores } from "./scored.ts";

export const auc = defineMetric({
  name: "auc",
  doc: "The share of pairs of a clicked row and one that is not which the score puts in the right order; a tie counts one half.",
  better: "higher",
  fits: ["binary"],
  judges: "order",
  ...withoutArguments,
  measure(scored) {
    const value = scored.isOrdered ? aucOfRange(scored, scored.order, 0, scored.rows) : Number.NaN;
    return plain(value, (units) => resampledAuc(scored, units));
  },
});

/**
 * The AUC of the rows `order[from] … order[to − 1]`, which are sorted by score. NaN if one class is missing.
 */
export function aucOfRange(
  scored: Pick<LabelledScores, "logits" | "labels" | "weights">,
  order: Uint32Array,
  from: number,
  to: number,
): number {
  const { logits, labels, weights } = scored;
  if (weights !== null) return weightedAuc({ logits, labels, weights }, order, from, to);
  let positives = 0;
  // Twice the sum of the positives' ranks. These are whole numbers, so the order of addition causes no
  // rounding differences.
  let doubledRanks = 0;
  for (let first = from; first < to; ) {
    const score = logits[order[first]!]!;
    let next = first;
    let tiedPositives = 0;
    while (next < to && logits[order[next]!] === score) tiedPositives += labels[order[next++]!] === 1 ? 1 : 0;
    if (next === first) return Number.NaN; // NaN equals nothing
    doubledRanks += tiedPositives * (first - from + 1 + (next - from));
    positives += tiedPositives;
    first = next;
  }
  const negatives = to - from - positives;
  if (positives === 0 || negatives === 0) return Number.NaN;
  return (doubledRanks / 2 - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Each pair counts as often as the product of its rows' weights. */
function weightedAuc(
  { logits, labels, weights }: { readonly [Of in "logits" | "labels" | "weights"]: Float32Array },
  order: Uint32Array,
  from: number,
  to: number,
): number {
  let [area, below, clicks] = [0, 0, 0];
  for (let next = from; next < to; ) {
    const first = next;
    const score = logits[order[first]!]!;
    let [tiedClicks, tiedOthers] = [0, 0];
    for (; next < to && logits[order[next]!] === score; next++) {
      const weight = weights[order[next]!]!;
      if (labels[order[next]!] === 1) tiedClicks += weight;
      else tiedOthers += weight;
    }
    if (next === first) return Number.NaN; // NaN equals nothing
    area += tiedClicks * (below + tiedOthers / 2);
    below += tiedOthers;
    clicks += tiedClicks;
  }
  return clicks === 0 || below === 0 ? Number.NaN : area / (clicks * below);
}

/**
 * Goes from the lowest score up. A click beats the weight of the other rows below it, and half the weight of
 * those with its score.
 */
export function resampledAuc(scored: RankedScores, units: Units): Estimator {
  const ranked = rankedUnits(scored, units);
  const exact = estimatorOf(ranked);
  if (units.fasterAuc === undefined || ranked.weightAt !== null) return exact;
  return units.fasterAuc(ranked, units.count, exact);
}

function estimatorOf({ unitAt, clickAt, endAt, weightAt }: RankedUnits): Estimator {
  return (weights, out) => {
    const area = new Float64Array(LANES);
    const below = new Float64Array(LANES);
    const clicks = new Float64Array(LANES);
    const tiedClicks = new Float64Array(LANES);
    const tiedOthers = new Float64Array(LANES);
    let tied = false;
    for (let i = 0; i < unitAt.length; i++) {
      const first = LANES * unitAt[i]!;
      const isClick = clickAt[i] === 1;
      const isEnd = endAt[i] === 1;
      const each = weightAt === null ? 1 : weightAt[i]!;
      if (isEnd && !tied) {
        if (isClick)
          for (let lane = 0; lane < LANES; lane++) {
            const weight = each * weights[first + lane]!;
            area[lane]! += weight * below[lane]!;
            clicks[lane]! += weight;
          }
        else for (let lane = 0; lane < LANES; lane++) below[lane]! += each * weights[first + lane]!;
        continue;
      }
      tied = !isEnd;
      const sums = isClick ? tiedClicks : tiedOthers;
      for (let lane = 0; lane < LANES; lane++) sums[lane]! += each * weights[first + lane]!;
      if (tied) continue;
      for (let lane = 0; lane < LANES; lane++) {
        area[lane]! += tiedClicks[lane]! * (below[lane]! + tiedOthers[lane]! / 2);
        clicks[lane]! += tiedClicks[lane]!;
        below[lane]! += tiedOthers[lane]!;
      }
      tiedClicks.fill(0);
      tiedOthers.fill(0);
    }
    for (let lane = 0; lane < LANES; lane++) out[lane] = area[lane]! / (clicks[lane]! * below[lane]!);
  };
}
