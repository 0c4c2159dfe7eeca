// Finds data that identify users while the only AUC is over all rows.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { at } from "../../frontend/syntax/reporter.ts";
import { groupsOf } from "../../middle/metrics/registry.ts";
import { defineRule } from "./define-rule.ts";
import { settingOf } from "./settings.ts";
import { saysUser } from "./words.ts";

export const noGauc = defineRule(catalog.noGauc, ({ model, spec }, advise) => {
  const setting = settingOf(spec, "metrics");
  const { metrics } = model.train;
  const isOverAll = metrics.some(({ kind }) => kind === "auc") && groupsOf(metrics).size === 0;
  if (setting === null || !isOverAll) return;
  const user = [...model.features.values()].find(
    ({ name, scope, kind }) =>
      scope === "user" && (kind.kind === "id" || kind.kind === "hashed_id") && saysUser(name),
  );
  if (user === undefined) return;
  const end = { ...setting.span, start: setting.span.end };
  const text = `gauc(by: ${user.name})`;
  advise({ user: user.name }, setting.span, {
    related: [at(user.span, "identifies the user of each row")],
    fixes: [{ title: `add \`${text}\``, isGuess: true, edits: [{ span: end, text: `, ${text}` }] }],
  });
});
