// Expected calibration error (Naeini et al., AAAI 2015; Guo et al., ICML 2017): among rows predicted at about
// 3 %, are about 3 % clicks?

import { sigmoid } from "../../common/sigmoid.ts";
import { defineMetric, type ReliabilityBin } from "./define-metric.ts";
import type { LabelledScores } from "./scored.ts";

export const ece = defineMetric({
  name: "ece",
  doc: "Expected calibration error: rows are put in `bins` by their probability, and |mean probability − click rate| of the bins is averaged, weighted by their rows. Bins have equal `width`, and each includes its lower end; with `equal: rows` they have equally many rows, and a tie belongs to the bin of its middle, which shows more where probabilities are all small. The table of the bins is shown with it.",
  better: "lower",
  fits: ["binary", "share"],
  judges: "probability",
  parameters: {
    bins: {
      kind: "number",
      test: (value) => Number.isInteger(value) && value >= 1 && value <= 1000,
      expected: "a whole number from 1 to 1000",
      example: "10",
      fallback: 10,
    },
    equal: { kind: "choice", values: ["width", "rows"], fallback: "width" },
  },
  suffix: () => "",
  note: ({ bins, equal }) => `${bins} bins of equal ${equal === "width" ? "width" : "numbers of rows"}`,
  skips: null,
  measure(scored, { bins, equal }) {
    if (!scored.isOrdered) return { value: Number.NaN, groups: null, table: null, resampled: null };
    const table = (equal === "width" ? byWidth : byRows)(scored, bins);
    const sum = table.reduce((all, bin) => all + bin.rows * Math.abs(bin.predicted - bin.observed), 0);
    // A bootstrap would mislead: noise within bins only increases the differences.
    return { value: sum / scored.total, groups: null, table, resampled: null };
  },
});

class Bins {
  private readonly rows: Float64Array;
  private readonly predicted: Float64Array;
  private readonly clicks: Float64Array;
  private readonly lowest: Float64Array;
  private readonly highest: Float64Array;

  constructor(count: number) {
    this.rows = new Float64Array(count);
    this.predicted = new Float64Array(count);
    this.clicks = new Float64Array(count);
    this.lowest = new Float64Array(count).fill(1);
    this.highest = new Float64Array(count);
  }

  add(bin: number, probability: number, label: number, weight: number): void {
    this.rows[bin]! += weight;
    this.predicted[bin]! += weight * probability;
    this.clicks[bin]! += weight * label;
    this.lowest[bin] = Math.min(this.lowest[bin]!, probability);
    this.highest[bin] = Math.max(this.highest[bin]!, probability);
  }

  /** The bins with rows, lowest first. */
  table(): ReliabilityBin[] {
    const table: ReliabilityBin[] = [];
    for (const [bin, rows] of this.rows.entries())
      if (rows > 0)
        table.push({
          rows,
          lowest: this.lowest[bin]!,
          highest: this.highest[bin]!,
          predicted: this.predicted[bin]! / rows,
          observed: this.clicks[bin]! / rows,
        });
    return table;
  }
}

function byWidth(scored: LabelledScores, count: number): ReliabilityBin[] {
  const { logits, labels, rows } = scored;
  const bins = new Bins(count);
  for (let row = 0; row < rows; row++) {
    const probability = sigmoid(logits[row]!);
    const bin = Math.min(Math.floor(probability * count), count - 1);
    bins.add(bin, probability, labels[row]!, scored.weightOf(row));
  }
  return bins.table();
}

function byRows(scored: LabelledScores, count: number): ReliabilityBin[] {
  const { order, logits, labels, rows, total } = scored;
  const bins = new Bins(count);
  for (let first = 0, before = 0; first < rows; ) {
    const logit = logits[order[first]!]!;
    let next = first;
    let until = before;
    while (next < rows && logits[order[next]!] === logit) until += scored.weightOf(order[next++]!);
    const bin = Math.min(Math.floor((count * (before + until)) / (2 * total)), count - 1);
    for (; first < next; first++)
      bins.add(bin, sigmoid(logit), labels[order[first]!]!, scored.weightOf(order[first]!));
    before = until;
  }
  return bins.table();
}
