// Finds a metric grouped by a feature that many users share.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import type { Expression } from "../../frontend/syntax/nodes.ts";
import { at } from "../../frontend/syntax/reporter.ts";
import { groupsOf } from "../../middle/metrics/registry.ts";
import { defineRule } from "./define-rule.ts";
import { settingOf } from "./settings.ts";

export const gaucByGroup = defineRule(catalog.gaucByGroup, ({ model, spec }, advise) => {
  for (const by of groupsOf(model.train.metrics)) {
    const feature = model.features.get(by)!;
    const { kind } = feature;
    const values =
      kind.kind === "enum" ? kind.values.length : kind.kind === "int" ? kind.high - kind.low + 1 : null;
    const given = settingOf(spec, "metrics")?.values.find((value) => groupsByName(value, by));
    if (values === null || values > 1000 || given === undefined) continue;
    advise({ name: feature.name, values }, given.span, {
      related: [at(feature.span, "declared here")],
    });
  }
});

function groupsByName(metric: Expression, by: string): boolean {
  return (
    metric.kind === "call" && metric.arguments.some(({ value }) => value.kind === "name" && value.name === by)
  );
}
