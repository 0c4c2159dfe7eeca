// The AUC of each class against all others, each class counting alike.

import { aucOfClass } from "./classes.ts";
import { defineMetric, plain, withoutArguments } from "./define-metric.ts";

export const macroAuc = defineMetric({
  name: "macro_auc",
  doc: "The AUC of each class against all others by its probability, averaged over the classes that some rows have and some have not.",
  better: "higher",
  fits: ["class"],
  judges: "order",
  ...withoutArguments,
  measure(scored) {
    const all = Array.from({ length: scored.width }, (_, place) => aucOfClass(scored, place));
    const found = all.filter((each) => !Number.isNaN(each));
    return plain(found.reduce((sum, each) => sum + each, 0) / found.length);
  },
});
