// The table of `dinc train --seeds 5`: the metrics of each seed, then their means, standard deviations and
// ranges.

import type { SeededTraining } from "../driver/seeds.ts";
import { textTable } from "../driver/text-table.ts";
import { metricColumns } from "./fold-table.ts";

export function seedTable({ seeds, valid, test }: SeededTraining): string {
  const columns = metricColumns(seeds, { valid, test });
  const rows = seeds.map(({ seed, epoch }, i) => [
    String(seed),
    String(epoch),
    ...columns.map(({ values }) => values[i]!),
  ]);
  const last = [
    ["mean", "", ...columns.map(({ mean }) => mean.toFixed(5))],
    ["±", "", ...columns.map(({ deviation }) => deviation?.toFixed(5) ?? "–")],
    ["least", "", ...columns.map(({ least }) => least.toFixed(5))],
    ["most", "", ...columns.map(({ most }) => most.toFixed(5))],
  ];
  return textTable(["seed", "epoch", ...columns.map(({ title }) => title)], [...rows, ...last]);
}
