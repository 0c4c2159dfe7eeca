// Normalised discounted cumulative gain (Järvelin & Kekäläinen, TOIS 2002) of clicks.

import { meanOfGroups, type ScoredGroup, tiesFromTop } from "./by-group.ts";
import { cutOff, defineMetric } from "./define-metric.ts";

export const ndcg = defineMetric({
  name: "ndcg",
  doc: "Σ 1/log₂(1 + rank) over the clicks among a group's first `at` rows, divided by its largest possible value, averaged over groups. Ties: the expected value over all orders of tied rows (McSherry & Najork, ECIR 2008). Groups without a click are skipped.",
  better: "higher",
  fits: ["binary"],
  judges: "order",
  parameters: { by: { kind: "group" }, at: cutOff },
  suffix: ({ at }) => `@${at}`,
  note: ({ by }) => `by ${by}`,
  skips: "without a click",
  measure(scored, { by, at }) {
    const gains = new Gains(at);
    return meanOfGroups(scored, by, (group) => ndcgOf(group, gains));
  },
});

/** Cumulative discounts up to the cut-off, kept from group to group. */
class Gains {
  private readonly at: number;
  private readonly sums = [0];

  constructor(at: number) {
    this.at = at;
  }

  /** The gain of clicks at all of the first `rows` ranks. */
  ofFirst(rows: number): number {
    const counted = Math.min(rows, this.at);
    for (let rank = this.sums.length; rank <= counted; rank++)
      this.sums.push(this.sums[rank - 1]! + 1 / Math.log2(1 + rank));
    return this.sums[counted]!;
  }
}

function ndcgOf(group: ScoredGroup, gains: Gains): number {
  let gain = 0;
  let found = 0;
  for (const { above, rows, clicks } of tiesFromTop(group)) {
    // Each rank of a tie has a click with the same probability, clicks / rows.
    if (clicks > 0) gain += (clicks / rows) * (gains.ofFirst(above + rows) - gains.ofFirst(above));
    found += clicks;
    if (found === group.clicks) break;
  }
  return gain / gains.ofFirst(group.clicks);
}
