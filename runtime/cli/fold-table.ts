// The table of `dinc train --folds 5`: a line for each fold with its metrics, and their means with standard errors.

import type { FoldedTraining } from "../driver/folds.ts";
import { textTable, thousands } from "../driver/text-table.ts";
import type { SplitMetrics } from "../run/run-summary.ts";

export function foldTable({ folds, valid, test }: FoldedTraining): string {
  const splits = [
    { means: valid, of: folds.map((fold) => fold.valid), suffix: "" },
    { means: test, of: folds.map((fold) => fold.test), suffix: " on test" },
  ];
  const columns = splits.flatMap(({ means, of, suffix }) =>
    namesIn(means).map(({ label, title, name }) => ({
      title: `${name}${suffix}`,
      values: of.map((metrics: SplitMetrics) => metrics[label]?.[title]?.toFixed(5) ?? "–"),
      ...means[label]![title]!,
    })),
  );
  const rows = folds.map(({ number, trainRows, validRows }, i) => [
    String(number),
    thousands(trainRows),
    thousands(validRows),
    ...columns.map(({ values }) => values[i]!),
  ]);
  const last = [
    ["mean", "", "", ...columns.map(({ mean }) => mean.toFixed(5))],
    ["±", "", "", ...columns.map(({ standardError }) => standardError?.toFixed(5) ?? "–")],
  ];
  return textTable(
    ["fold", "training rows", "validation rows", ...columns.map(({ title }) => title)],
    [...rows, ...last],
  );
}

/** `auc`, with the prediction where there are several: `click auc`. */
export function namesIn(
  means: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): { readonly label: string; readonly title: string; readonly name: string }[] {
  const labels = Object.keys(means);
  return labels.flatMap((label) =>
    Object.keys(means[label]!).map((title) => ({
      ...{ label, title },
      name: labels.length === 1 ? title : `${label} ${title}`,
    })),
  );
}
