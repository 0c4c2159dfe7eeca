// The mean absolute error, in the unit of the label.

import { defineMetric, plain, withoutArguments } from "./define-metric.ts";
import { meanOfRows } from "./resampling.ts";

export const mae = defineMetric({
  name: "mae",
  doc: "The mean of |prediction − label|, in the label's unit.",
  better: "lower",
  fits: ["number"],
  judges: "amount",
  ...withoutArguments,
  measure(scored) {
    const { logits, labels, rows } = scored;
    const weightOf = (row: number) => scored.weightOf(row);
    const distance = (row: number) => Math.abs(logits[row]! - labels[row]!);
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += weightOf(row) * distance(row);
    return plain(sum / scored.total, meanOfRows(distance, weightOf));
  },
});
