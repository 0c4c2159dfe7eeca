// The AUC over all classes of all rows together.

import { resampledAuc } from "./auc.metric.ts";
import { aucOf, ofAllClasses } from "./classes.ts";
import { defineMetric, plain, withoutArguments } from "./define-metric.ts";
import { undefinedAlways } from "./resampling.ts";

export const microAuc = defineMetric({
  name: "micro_auc",
  doc: "The share of pairs of a row's own class and a class that another row, or the same, has not, in which the first has the higher probability; a tie counts one half.",
  better: "higher",
  fits: ["class"],
  judges: "order",
  ...withoutArguments,
  measure(scored) {
    const rows = ofAllClasses(scored);
    const { width } = scored;
    return plain(aucOf(rows), (units) => {
      if (rows === null) return undefinedAlways;
      const of = Uint32Array.from(rows.order, (_, i) => units.of[Math.floor(i / width)]!);
      return resampledAuc(rows, { ...units, of });
    });
  },
});
