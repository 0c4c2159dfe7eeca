// The table of a training's epochs: losses, metrics and speed, one line each.

import type { EpochResult } from "../../compiler/train/state.ts";
import { textTable, thousands } from "../driver/text-table.ts";
import { lossColumns, metricCells, metricNames, rateColumn } from "../train/metrics/metric-columns.ts";

export function epochTable(epochs: readonly EpochResult[]): string {
  const names = metricNames(epochs[0]?.evaluations ?? []);
  const losses = epochs[0] === undefined ? [] : lossColumns(epochs[0]).map(([name]) => name);
  const rates = epochs
    .slice(0, 1)
    .flatMap(rateColumn)
    .map(([name]) => name);
  const rows = epochs.map((each) => [
    String(each.epoch),
    ...lossColumns(each).map(([, loss]) => loss.toFixed(5)),
    ...metricCells(each.evaluations, names),
    ...rateColumn(each).map(([, rate]) => rate),
    thousands(each.samplesPerSecond),
    each.seconds.toFixed(2),
  ]);
  return textTable(["epoch", ...losses, ...names, ...rates, "samples/s", "seconds"], rows);
}
