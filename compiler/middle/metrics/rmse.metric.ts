// The root of the mean squared error, in the unit of the label.

import { functionOfMeans, meansOfRows } from "./amounts.ts";
import { defineMetric, plain, withoutArguments } from "./define-metric.ts";

export const rmse = defineMetric({
  name: "rmse",
  doc: "The root of the mean squared difference of prediction and label, in the label's unit.",
  better: "lower",
  fits: ["number"],
  judges: "amount",
  ...withoutArguments,
  measure(scored) {
    const { logits, labels } = scored;
    const squares = (row: number) => [(logits[row]! - labels[row]!) ** 2];
    const root = ([mean]: readonly number[]) => Math.sqrt(mean!);
    return plain(root(meansOfRows(scored, 1, squares)), functionOfMeans(scored, 1, squares, root));
  },
});
