// A metric grouped by something that many users share.

import type { Expression } from "../ast/nodes.ts";
import { groupsOf } from "../metrics/registry.ts";
import { at } from "../model/reporter.ts";
import { defineRule } from "./define-rule.ts";
import { settingOf } from "./settings.ts";

export const gaucByGroup = defineRule<{ name: string; values: number }>({
  code: "DIN0726",
  name: "gauc-by-group",
  message: ({ name, values }) => `\`${name}\` makes ${values} groups, not one for each user`,
  explanation:
    "GAUC, NDCG, hit rate and MRR ask how well the candidates of one user are ordered, so they group by what identifies the user or the request. Grouped by a trait with few values, GAUC is an AUC over millions of rows of different users and says the same as `auc`, and the others look at the first few of millions of rows.",
  examine({ model, spec }, advise) {
    for (const by of groupsOf(model.train.metrics)) {
      const feature = model.features.get(by)!;
      const { kind } = feature;
      const values =
        kind.kind === "enum" ? kind.values.length : kind.kind === "int" ? kind.high - kind.low + 1 : null;
      const given = settingOf(spec, "metrics")?.values.find((value) => groupsByName(value, by));
      if (values === null || values > 1000 || given === undefined) continue;
      advise({ name: feature.name, values }, given.span, {
        related: [at(feature.span, "declared here")],
        help: "group by the user's id",
      });
    }
  },
});

function groupsByName(metric: Expression, by: string): boolean {
  return (
    metric.kind === "call" && metric.arguments.some(({ value }) => value.kind === "name" && value.name === by)
  );
}
