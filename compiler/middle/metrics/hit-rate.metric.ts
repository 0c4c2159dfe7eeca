// The share of rankings with a click among the first rows.

import { meanOfGroups, type ScoredGroup, tiesFromTop } from "./by-group.ts";
import { cutOff, defineMetric } from "./define-metric.ts";

export const hitRate = defineMetric({
  name: "hit_rate",
  doc: "The share of groups with at least one click among their first `at` rows. Ties: the probability of that over all orders of tied rows. Groups without a click are skipped.",
  better: "higher",
  fits: ["binary"],
  judges: "order",
  parameters: { by: { kind: "group" }, at: cutOff },
  suffix: ({ at }) => `@${at}`,
  note: ({ by }) => `by ${by}`,
  skips: "without a click",
  measure: (scored, { by, at }) => meanOfGroups(scored, by, (group) => hitOf(group, at)),
});

function hitOf(group: ScoredGroup, at: number): number {
  if (group.clicks === 0) return Number.NaN;
  for (const { above, rows, clicks } of tiesFromTop(group)) {
    if (above >= at) return 0;
    if (clicks === 0) continue;
    // The probability that the tie's rows at the remaining ranks are all no clicks, rank by rank.
    let missed = 1;
    for (let place = 0; place < Math.min(rows, at - above); place++)
      missed *= (rows - clicks - place) / (rows - place);
    return 1 - missed;
  }
  return 0;
}
