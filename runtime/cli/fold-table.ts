// The table of `dinc train --folds 5`: the metrics of each fold, and their means with standard errors.

import type { FoldedTraining } from "../driver/folds.ts";
import { textTable, thousands } from "../driver/text-table.ts";
import type { SplitMetrics } from "../run/run-summary.ts";

export function foldTable({ folds, valid, test }: FoldedTraining): string {
  const columns = metricColumns(folds, { valid, test });
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

/** A column for each metric, first on validation rows, then on test rows, with its summary. */
export function metricColumns<T extends object>(
  trained: readonly { readonly valid: SplitMetrics; readonly test: SplitMetrics }[],
  summaries: Readonly<Record<"valid" | "test", Readonly<Record<string, Readonly<Record<string, T>>>>>>,
): (T & { readonly title: string; readonly values: readonly string[] })[] {
  return (["valid", "test"] as const).flatMap((split) =>
    namesIn(summaries[split]).map(({ label, title, name }) => ({
      ...summaries[split][label]![title]!,
      title: split === "test" ? `${name} on test` : name,
      values: trained.map((each) => each[split][label]?.[title]?.toFixed(5) ?? "–"),
    })),
  );
}

/** `auc`, or `click auc` if there are several predictions. */
function namesIn(
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
