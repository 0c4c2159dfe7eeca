// Finds a mean of values weighted by a softmax: it divides by the number of steps although the weights sum to
// 1.

import { textOf } from "../../common/source-file.ts";
import * as catalog from "../../diagnostics/catalog/advice.ts";
import type { Node } from "../../middle/graph/graph.ts";
import { defineRule } from "./define-rule.ts";
import type { Network } from "./network.ts";

export const weightsDividedAgain = defineRule(catalog.weightsDividedAgain, ({ network }, advise) => {
  for (const quotient of network.all("divide")) {
    const [sum, count] = network.inputsOf(quotient);
    if (sum!.op !== "sum_steps" || !countsSteps(count!, network) || quotient.origin === null) continue;
    const [steps] = network.inputsOf(sum!);
    const isWeighted =
      steps!.op === "multiply" && network.inputsOf(steps!).some(({ op }) => op === "softmax_steps");
    if (!isWeighted) continue;
    const { origin } = quotient;
    const name = { ...origin, end: origin.start + "mean".length };
    const fixes =
      textOf(name) === "mean"
        ? [{ title: "write `sum`", isGuess: true as const, edits: [{ span: name, text: "sum" }] }]
        : [];
    advise({}, origin, { fixes });
  }
});

/** Tells whether a node is `count_steps`, or the maximum of it and 1. */
function countsSteps(node: Node, network: Network): boolean {
  return (
    node.op === "count_steps" ||
    (node.op === "maximum" && network.inputsOf(node).some(({ op }) => op === "count_steps"))
  );
}
