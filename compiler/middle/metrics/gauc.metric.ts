// Grouped AUC (Zhu et al., KDD 2017; the DIN paper, section 6.2): every user's own AUC, averaged.

import { aucOfRange } from "./auc.metric.ts";
import { meanOfGroups, type ScoredGroup } from "./by-group.ts";
import { defineMetric } from "./define-metric.ts";

export const gauc = defineMetric({
  name: "gauc",
  doc: "The AUC of each user's rows, averaged with each user's `weight`: their rows (`impressions`), their `clicks`, or 1 (`none`). Users with one class only are skipped.",
  better: "higher",
  fits: ["binary"],
  judges: "order",
  parameters: {
    by: { kind: "group" },
    weight: { kind: "choice", values: ["impressions", "clicks", "none"], fallback: "impressions" },
  },
  suffix: () => "",
  note: ({ by, weight }) => `by ${by}, ${weight === "none" ? "unweighted" : `weighted by ${weight}`}`,
  skips: "one class only",
  measure(scored, { by, weight }) {
    const counted = ({ order, from, to }: ScoredGroup, isClick: boolean) => {
      let sum = 0;
      for (let i = from; i < to; i++)
        if (!isClick || scored.labels[order[i]!] === 1) sum += scored.weightOf(order[i]!);
      return sum;
    };
    const weightOf = (group: ScoredGroup) => (weight === "none" ? 1 : counted(group, weight === "clicks"));
    return meanOfGroups(scored, by, ({ order, from, to }) => aucOfRange(scored, order, from, to), weightOf);
  },
});
