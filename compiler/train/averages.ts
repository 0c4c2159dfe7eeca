// Warns, before a training begins, of moving averages of batch statistics that outlast an epoch.

import { averagesOutlastEpoch } from "../diagnostics/catalog/settings.ts";
import { type Diagnostic, diagnose, noLocation } from "../diagnostics/diagnostic.ts";
import { settingSpan } from "../frontend/check/setting-span.ts";
import type { Model } from "../frontend/model/model.ts";
import type { Graph } from "../middle/graph/graph.ts";

/** A training on fewer rows is a trial with noisy figures anyway. */
const FEW_ROWS = 1000;

/** A warning if an epoch of `rows` training rows has fewer steps than the averages of `forward` cover. */
export function averageWarnings(
  model: Pick<Model, "file" | "assembly" | "train">,
  { nodes }: Graph,
  rows: number,
): Diagnostic[] {
  const momenta = nodes.flatMap((node) => {
    const average = node.op === "batch_mean" ? node.attributes.average : null;
    return average === null ? [] : [average.momentum];
  });
  const { batch } = model.train;
  const steps = Math.ceil(rows / batch);
  const reach = Math.round(1 / (1 - Math.max(0, ...momenta)));
  if (momenta.length === 0 || rows < FEW_ROWS || steps >= reach) return [];
  const parameters = { steps, reach, least: Math.max(1, Math.floor(rows / reach)) };
  return [diagnose(averagesOutlastEpoch, parameters, settingSpan(model, "batch") ?? noLocation)];
}
