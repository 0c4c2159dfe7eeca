// Compares the level of the predictions with that of the labels.

import { sigmoid } from "../../common/sigmoid.ts";
import { functionOfMeans, meansOfRows } from "./amounts.ts";
import { defineMetric, plain, withoutArguments } from "./define-metric.ts";

export const calibration = defineMetric({
  name: "calibration",
  doc: "The difference between the sums of predictions and labels, as a share of the sum of labels: |Σ prediction / Σ label − 1|. 0 is the right level. Rows whose labels add up to 0 have none.",
  better: "lower",
  fits: ["binary", "share", "number"],
  judges: "probability",
  ...withoutArguments,
  measure(scored) {
    const { logits, labels, outcome } = scored;
    const predicted = outcome === "number" ? (x: number) => x : sigmoid;
    const values = (row: number) => [predicted(logits[row]!), labels[row]!];
    const distance = ([mean, label]: readonly number[]) =>
      label === 0 ? Number.NaN : Math.abs(mean! / label! - 1);
    return plain(distance(meansOfRows(scored, 2, values)), functionOfMeans(scored, 2, values, distance));
  },
});
