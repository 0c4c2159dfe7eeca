// Users are told apart in the data, and still only the AUC over all of them is measured.

import { groupsOf } from "../metrics/registry.ts";
import { at } from "../model/reporter.ts";
import { defineRule } from "./define-rule.ts";
import { settingOf } from "./settings.ts";
import { saysUser } from "./words.ts";

export const noGauc = defineRule<{ user: string }>({
  code: "DIN0725",
  name: "no-gauc",
  message: ({ user }) => `\`${user}\` tells users apart, but the AUC is taken over all of them together`,
  explanation:
    "Ranking puts one user's candidates in order. The AUC over all rows also compares rows of different users, so that a model which only knows who clicks much gets a good one. GAUC is the AUC within each user, averaged (Zhu et al., KDD 2017); DIN is judged by it.",
  examine({ model, spec }, advise) {
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
      related: [at(user.span, "who the rows are of")],
      help: `add \`${text}\``,
      fixes: [{ title: `add \`${text}\``, isGuess: true, edits: [{ span: end, text: `, ${text}` }] }],
    });
  },
});
