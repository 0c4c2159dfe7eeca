// The share of correctly classified rows. A binary label is predicted 1 from a threshold on; of several
// classes, the likeliest is predicted.

import { likeliest } from "./classes.ts";
import { defineMetric, plain } from "./define-metric.ts";
import { meanOfRows } from "./resampling.ts";

export const accuracy = defineMetric({
  name: "accuracy",
  doc: "The share of rows that are right when a click is predicted where the probability is at least `threshold`. If few rows are clicks, a model that predicts none has a high accuracy. For classes, the one with the highest probability is predicted.",
  better: "higher",
  fits: ["binary", "class"],
  judges: "probability",
  parameters: {
    threshold: {
      kind: "number",
      test: (value) => value > 0 && value < 1,
      expected: "a number between 0 and 1",
      example: "0.5",
      fallback: 0.5,
    },
  },
  suffix: () => "",
  note: ({ threshold }, outcome) =>
    outcome === "class"
      ? "the class with the highest probability is predicted"
      : `a click is predicted from a probability of ${threshold} on`,
  skips: null,
  measure(scored, { threshold }) {
    const { logits, labels, rows, outcome, isOrdered } = scored;
    const weightOf = (row: number) => scored.weightOf(row);
    const least = Math.log(threshold / (1 - threshold));
    const isRight =
      outcome === "class"
        ? (row: number): number => (likeliest(scored, row) === labels[row] ? 1 : 0)
        : (row: number): number => (logits[row]! >= least === (labels[row] === 1) ? 1 : 0);
    let right = 0;
    for (let row = 0; row < rows; row++) right += weightOf(row) * isRight(row);
    return plain(isOrdered ? right / scored.total : Number.NaN, meanOfRows(isRight, weightOf));
  },
});
