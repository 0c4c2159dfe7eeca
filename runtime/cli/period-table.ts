// The table of `dinc train --each day`: a line for each day, with what the weights of the days before gave on its rows.

import type { Period, TrainedPeriod } from "../driver/each.ts";
import { textTable, thousands } from "../driver/text-table.ts";
import { flatMetrics } from "./flat-metrics.ts";

export function periodTable(each: Period, trained: readonly TrainedPeriod[]): string {
  const tested = trained.map(({ before }) => flatMetrics(before?.["train"]));
  const titles = [...new Set(tested.flatMap((metrics) => Object.keys(metrics)))];
  const rows = trained.map(({ name, rows, seconds }, i) => [
    name,
    rows === null ? "none" : thousands(rows),
    ...titles.map((title) => tested[i]![title]?.toFixed(5) ?? "–"),
    seconds.toFixed(2),
  ]);
  return textTable([each, "rows", ...titles.map((title) => `${title} before it`), "seconds"], rows);
}
