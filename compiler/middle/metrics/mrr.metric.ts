// Mean reciprocal rank (Voorhees, TREC-8 1999).

import { meanOfGroups, type ScoredGroup, tiesFromTop } from "./by-group.ts";
import { defineMetric } from "./define-metric.ts";

export const mrr = defineMetric({
  name: "mrr",
  doc: "1/rank of a group's first click, averaged over groups. Ties: the expected value over all orders of tied rows. Groups without a click are skipped.",
  better: "higher",
  fits: ["binary"],
  judges: "order",
  parameters: { by: { kind: "group" } },
  suffix: () => "",
  note: ({ by }) => `by ${by}`,
  skips: "without a click",
  measure: (scored, { by }) => meanOfGroups(scored, by, reciprocalRankOf),
});

function reciprocalRankOf(group: ScoredGroup): number {
  for (const { above, rows, clicks } of tiesFromTop(group)) {
    if (clicks === 0) continue;
    let expected = 0;
    // The probability that no earlier rank of the tie has a click. The remaining ranks need not be
    // considered: they would hold clicks only.
    let missed = 1;
    for (let place = 0; place <= rows - clicks; place++) {
      const hit = clicks / (rows - place);
      expected += (missed * hit) / (above + place + 1);
      missed *= 1 - hit;
    }
    return expected;
  }
  return Number.NaN;
}
