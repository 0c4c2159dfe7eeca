// GAUC grouped by something that many users share.

import { at } from "../model/reporter.ts";
import { defineRule } from "./define-rule.ts";
import { settingOf } from "./settings.ts";

export const gaucByGroup = defineRule<{ name: string; values: number }>({
  code: "DIN0726",
  name: "gauc-by-group",
  message: ({ name, values }) => `\`${name}\` makes ${values} groups, not one for each user`,
  explanation:
    "GAUC asks how well the candidates of one user are ordered, so it groups by what identifies the user or the request. Grouped by a trait with few values it is an AUC over millions of rows of different users, and says the same as `auc`.",
  examine({ model, spec }, advise) {
    const metric = model.train.metrics.find((each) => each.kind === "gauc");
    if (metric?.kind !== "gauc") return;
    const feature = model.features.get(metric.by)!;
    const { kind } = feature;
    const values =
      kind.kind === "enum" ? kind.values.length : kind.kind === "int" ? kind.high - kind.low + 1 : null;
    const given = settingOf(spec, "metrics")?.values.find(
      (value) => value.kind === "call" && value.callee.name === "gauc",
    );
    if (values === null || values > 1000 || given === undefined) return;
    advise({ name: feature.name, values }, given.span, {
      related: [at(feature.span, "declared here")],
      help: "group by the user's id",
    });
  },
});
