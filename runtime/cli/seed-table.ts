// The table of `dinc train --seeds 5`: a line for each seed with its metrics, then means, standard deviations and ranges.

import type { SeededTraining } from "../driver/seeds.ts";
import { textTable } from "../driver/text-table.ts";
import type { SplitMetrics } from "../run/run-summary.ts";
import { namesIn } from "./fold-table.ts";

export function seedTable({ seeds, valid, test }: SeededTraining): string {
  const splits = [
    { spreads: valid, of: seeds.map((each) => each.valid), suffix: "" },
    { spreads: test, of: seeds.map((each) => each.test), suffix: " on test" },
  ];
  const columns = splits.flatMap(({ spreads, of, suffix }) =>
    namesIn(spreads).map(({ label, title, name }) => ({
      title: `${name}${suffix}`,
      values: of.map((metrics: SplitMetrics) => metrics[label]?.[title]?.toFixed(5) ?? "–"),
      ...spreads[label]![title]!,
    })),
  );
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
