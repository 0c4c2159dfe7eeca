// Finds an activation between the last layer and its sigmoid.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { probabilityLabels } from "../../frontend/labels/registry.ts";
import { defineRule } from "./define-rule.ts";

/** The remaining range of probabilities. */
const REACHED = new Map<string, string>([
  ["relu", "0.5 and 1"],
  ["tanh", "0.27 and 0.73"],
  ["sigmoid", "0.5 and 0.73"],
]);

export const boundedLogit = defineRule(catalog.boundedLogit, ({ model, network }, advise) => {
  for (const label of probabilityLabels(model)) {
    const logit = network.logit(label);
    const range = REACHED.get(logit.op);
    if (range === undefined || logit.origin === null) continue;
    advise({ label, activation: logit.op, range }, logit.origin);
  }
});
