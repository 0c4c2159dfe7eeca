// The coefficient of determination: the share of the labels' variance that the predictions explain.

import { functionOfMeans, meansOfRows } from "./amounts.ts";
import { defineMetric, plain, withoutArguments } from "./define-metric.ts";

export const r2 = defineMetric({
  name: "r2",
  doc: "1 − Σ (prediction − label)² / Σ (label − mean label)²: 1 is perfect, 0 is no better than the rows' mean. Rows with one label have none.",
  better: "higher",
  fits: ["number"],
  judges: "amount",
  ...withoutArguments,
  measure(scored) {
    const { logits, labels, rows } = scored;
    // Subtracts one of the labels first, so that a large mean does not swamp a small variance in the squares.
    const origin = rows === 0 ? 0 : labels[0]!;
    const values = (row: number) => {
      const label = labels[row]! - origin;
      return [(logits[row]! - labels[row]!) ** 2, label, label * label];
    };
    const explained = ([error, mean, square]: readonly number[]) => {
      const variance = square! - mean! ** 2;
      return variance > 1e-12 * square! ? 1 - error! / variance : Number.NaN;
    };
    return plain(explained(meansOfRows(scored, 3, values)), functionOfMeans(scored, 3, values, explained));
  },
});
