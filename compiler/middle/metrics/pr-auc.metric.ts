// The area under the precision-recall curve as average precision. Precision is not interpolated, because
// interpolation is too optimistic (Davis & Goadrich, ICML 2006).

import { defineMetric, plain } from "./define-metric.ts";
import { rankedUnits } from "./ranked-units.ts";
import { type Estimator, LANES, type Units } from "./resampling.ts";
import type { LabelledScores } from "./scored.ts";

export const prAuc = defineMetric({
  name: "pr_auc",
  doc: "Average precision: Σ (recallᵢ − recallᵢ₋₁) · precisionᵢ over the distinct scores from the highest down; rows that tie enter together. A random order gets the click rate.",
  better: "higher",
  fits: ["binary"],
  judges: "order",
  parameters: {},
  suffix: () => "",
  note: () => "average precision",
  skips: null,
  measure(scored) {
    const value = scored.isOrdered ? averagePrecision(scored) : Number.NaN;
    return plain(value, (units) => resampledPrecision(scored, units));
  },
});

/** NaN if there are no clicks. */
function averagePrecision(scored: LabelledScores): number {
  const { order, logits, labels, rows } = scored;
  let [sum, clicks, above] = [0, 0, 0];
  for (let next = rows; next > 0; ) {
    const score = logits[order[next - 1]!];
    let tied = 0;
    while (next > 0 && logits[order[next - 1]!] === score) {
      const weight = scored.weightOf(order[--next]!);
      above += weight;
      tied += labels[order[next]!] === 1 ? weight : 0;
    }
    clicks += tied;
    sum += (tied * clicks) / above;
  }
  return sum / clicks;
}

function resampledPrecision(scored: LabelledScores, units: Units): Estimator {
  const { unitAt, clickAt, endAt, weightAt } = rankedUnits(scored, units);
  return (weights, out) => {
    const sum = new Float64Array(LANES);
    const clicks = new Float64Array(LANES);
    const rows = new Float64Array(LANES);
    const tied = new Float64Array(LANES);
    let tieHasClicks = false;
    for (let i = unitAt.length - 1; i >= 0; i--) {
      const first = LANES * unitAt[i]!;
      const each = weightAt === null ? 1 : weightAt[i]!;
      for (let lane = 0; lane < LANES; lane++) rows[lane]! += each * weights[first + lane]!;
      if (clickAt[i] === 1) {
        for (let lane = 0; lane < LANES; lane++) tied[lane]! += each * weights[first + lane]!;
        tieHasClicks = true;
      }
      if (!tieHasClicks || (i > 0 && endAt[i - 1] === 0)) continue;
      for (let lane = 0; lane < LANES; lane++) {
        if (tied[lane] === 0) continue;
        clicks[lane]! += tied[lane]!;
        sum[lane]! += (tied[lane]! * clicks[lane]!) / rows[lane]!;
      }
      tied.fill(0);
      tieHasClicks = false;
    }
    for (let lane = 0; lane < LANES; lane++) out[lane] = sum[lane]! / clicks[lane]!;
  };
}
