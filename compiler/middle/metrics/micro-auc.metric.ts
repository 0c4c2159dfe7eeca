// One AUC over the classes of all rows.

import { aucOfAll } from "./classes.ts";
import { defineMetric, plain, withoutArguments } from "./define-metric.ts";

export const microAuc = defineMetric({
  name: "micro_auc",
  doc: "The share of pairs of a row's own class and a class that another row, or the same, has not, in which the first has the higher probability; a tie counts one half.",
  better: "higher",
  fits: ["class"],
  judges: "order",
  ...withoutArguments,
  measure: (scored) => plain(aucOfAll(scored)),
});
