// Sentences that belong to a table of metrics.

import type { Evaluation } from "../../runtime/train/score.ts";
import type { Metric } from "../model/model.ts";
import { thousands } from "./text-table.ts";

/** By what GAUC groups, what weights it and whom it skipped; null without GAUC. */
export function gaucNote(metrics: readonly Metric[], evaluations: readonly Evaluation[]): string | null {
  const gauc = metrics.find((metric) => metric.kind === "gauc");
  const counted = evaluations.findLast((evaluation) => evaluation.groups !== null)?.groups;
  if (gauc?.kind !== "gauc" || counted === undefined || counted === null) return null;
  const weighting = gauc.weight === "none" ? "unweighted" : `weighted by ${gauc.weight}`;
  return (
    `gauc: by ${gauc.by}, ${weighting}; ${thousands(counted.skipped)} of ${thousands(counted.groups)} groups skipped ` +
    "(one class only)"
  );
}
