// Finds attention over a history whose weights do not depend on the candidate.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { onlyHistoryOf } from "../../middle/graph/derived-axes.ts";
import type { Node } from "../../middle/graph/graph.ts";
import { sizeOf } from "../../middle/graph/types.ts";
import { isLookup } from "../../middle/ops/support/elements.ts";
import { defineRule } from "./define-rule.ts";
import type { Network } from "./network.ts";

export const attentionIgnoresCandidate = defineRule(
  catalog.attentionIgnoresCandidate,
  ({ network }, advise) => {
    const pooled = network.all("sum_steps").flatMap((sum) => {
      const [steps] = network.inputsOf(sum);
      const weights = weightsOf(steps!, network);
      if (steps!.type.rows.kind !== "steps" || weights === null) return [];
      return [{ sum, history: steps!.type.rows.history, origins: network.originsOf(steps!) }];
    });
    // `clicks - 1` counts as `clicks`: a loss over all but the latest step is not a second attention.
    const ofHistory = (axis: string) => onlyHistoryOf(axis)?.history ?? axis;
    const asksCandidate = new Set(
      pooled.filter(({ origins }) => origins.has("item")).map(({ history }) => ofHistory(history)),
    );
    for (const { sum, history, origins } of pooled) {
      if (sum.origin === null || asksCandidate.has(ofHistory(history)) || origins.has("anything else"))
        continue;
      advise({ history }, sum.origin);
    }
  },
);

/** The learned weight of each step, one number, if `steps` is a product with one. */
function weightsOf(steps: Node, network: Network): Node | null {
  if (steps.op !== "multiply") return null;
  const weights = network
    .inputsOf(steps)
    .find(
      ({ type, op }) =>
        type.rows.kind === "steps" && sizeOf(type.dims) === 1 && op !== "input" && !isLookup(op),
    );
  return weights !== undefined && network.originsOf(weights).has("weights") ? weights : null;
}
