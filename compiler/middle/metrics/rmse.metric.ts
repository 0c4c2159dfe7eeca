// The root of the mean squared error, in the unit of the label.

import { functionOfMeans, meansOfRows } from "./amounts.ts";
import { defineMetric, plain } from "./define-metric.ts";

export const rmse = defineMetric({
  name: "rmse",
  doc: "The root of the mean squared difference of prediction and label, in the label's unit.",
  better: "lower",
  fits: ["number"],
  judges: "amount",
  parameters: {},
  suffix: () => "",
  note: () => null,
  skips: null,
  measure({ logits, labels, rows }) {
    const squares = (row: number) => [(logits[row]! - labels[row]!) ** 2];
    const root = ([mean]: readonly number[]) => Math.sqrt(mean!);
    return plain(root(meansOfRows(rows, 1, squares)), functionOfMeans(1, squares, root));
  },
});
