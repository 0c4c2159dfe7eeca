// The mean over classes of the AUC of each class against all others.

import { resampledAuc } from "./auc.metric.ts";
import { aucOfEach, ofClass } from "./classes.ts";
import { defineMetric, plain, withoutArguments } from "./define-metric.ts";
import { LANES, undefinedAlways } from "./resampling.ts";

export const macroAuc = defineMetric({
  name: "macro_auc",
  doc: "The AUC of each class against all others by its probability, averaged over the classes that some rows have and some have not.",
  better: "higher",
  fits: ["class"],
  judges: "order",
  ...withoutArguments,
  measure(scored) {
    const places = Array.from({ length: scored.width }, (_, place) => place);
    const mean = (all: readonly number[]) => {
      const found = all.filter((each) => !Number.isNaN(each));
      return found.reduce((sum, each) => sum + each, 0) / found.length;
    };
    return plain(mean(aucOfEach(scored)), (units) => {
      const each = places.map((place) => {
        const rows = ofClass(scored, place);
        return rows === null ? undefinedAlways : resampledAuc(rows, units);
      });
      const values = each.map(() => new Float64Array(LANES));
      return (weights, out) => {
        for (const [place, estimator] of each.entries()) estimator(weights, values[place]!);
        for (let lane = 0; lane < LANES; lane++) out[lane] = mean(values.map((value) => value[lane]!));
      };
    });
  },
});
