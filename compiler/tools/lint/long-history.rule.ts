// Finds a history far longer than usual whose steps meet the candidate.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { at } from "../../frontend/syntax/reporter.ts";
import { historiesOf } from "../../middle/graph/derived-axes.ts";
import { defineRule } from "./define-rule.ts";
import type { Network } from "./network.ts";

/** 20 to 200 steps are usual; DIN's own data have some hundreds per user. */
const MOST = 1000;

export const longHistory = defineRule(catalog.longHistory, ({ model, declarations, network }, advise) => {
  for (const { name, max, span } of model.histories.values()) {
    if (max <= MOST || !meetsCandidate(name, network)) continue;
    const item = declarations.historySyntax.get(name);
    const given = item?.arguments.find((argument) => argument.name?.name === "max");
    advise({ history: name, max }, given?.value.span ?? span, {
      related: [at(span, "declared here")],
    });
  }
});

/** Otherwise its steps are computed once for all candidates of a request. */
function meetsCandidate(history: string, network: Network): boolean {
  return network.nodes.some(
    (node) =>
      node.type.rows.kind === "steps" &&
      historiesOf(node.type.rows.history).includes(history) &&
      network.originsOf(node).has("item"),
  );
}
