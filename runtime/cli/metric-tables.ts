// The output of `dinc eval` for each prediction: its metrics with their intervals, and its reliability.

import type { ReliabilityBin } from "../../compiler/middle/metrics/define-metric.ts";
import type { Evaluation } from "../../compiler/train/score.ts";
import { rangeText, resamplingText } from "../driver/metric-notes.ts";
import { alignedLines, thousands } from "../driver/text-table.ts";

export function evaluationText(evaluations: readonly Evaluation[]): string {
  return evaluations.map(predictionText).join("\n");
}

function predictionText({ label, rows, values, details }: Evaluation): string {
  const intervals = Object.values(details).flatMap(({ interval }) => (interval === null ? [] : [interval]));
  const lines = Object.entries(values).map(([title, value]) => {
    const interval = details[title]?.interval ?? null;
    const cells = [title, Number.isNaN(value) ? "–" : value.toFixed(5)];
    return intervals.length === 0 ? cells : [...cells, interval === null ? "" : rangeText(interval)];
  });
  const head = ["metric", "value", ...(intervals.length === 0 ? [] : ["interval"])];
  const tables = Object.entries(details).flatMap(([title, { table }]) =>
    table === null ? [] : [`\n${reliabilityText(title, table)}`],
  );
  const explained = intervals.length === 0 ? "" : `interval: ${resamplingText(intervals)}\n`;
  return `${label}, ${thousands(rows)} rows\n${alignedLines([head, ...lines], new Set([1, 2]), "  ")}${explained}${tables.join("")}`;
}

function reliabilityText(title: string, table: readonly ReliabilityBin[]): string {
  const head = ["probabilities", "rows", "predicted", "clicked"];
  const lines = table.map(({ rows, lowest, highest, predicted, observed }) => [
    `${lowest.toFixed(4)}–${highest.toFixed(4)}`,
    thousands(rows),
    predicted.toFixed(5),
    observed.toFixed(5),
  ]);
  return `${title}, by predicted probability\n${alignedLines([head, ...lines], new Set([1, 2, 3]), "  ")}`;
}
