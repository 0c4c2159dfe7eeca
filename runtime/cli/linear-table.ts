// The table of `dinc train --linear`: the metrics of the model beside those of the linear model on the same rows.

import { summarized } from "../driver/repeated-training.ts";
import { textTable } from "../driver/text-table.ts";
import type { RunSummary } from "../run/run-summary.ts";
import { metricColumns } from "./fold-table.ts";

export function linearTable(model: RunSummary, linear: RunSummary): string {
  const measured = (split: "valid" | "test") => summarized([model[split], linear[split]], () => ({}));
  const columns = metricColumns([model, linear], { valid: measured("valid"), test: measured("test") });
  const rows = [model, linear].map(({ epoch }, i) => [
    i === 0 ? model.model : "linear",
    String(epoch),
    ...columns.map(({ values }) => values[i]!),
  ]);
  return textTable(["model", "epoch", ...columns.map(({ title }) => title)], rows);
}
