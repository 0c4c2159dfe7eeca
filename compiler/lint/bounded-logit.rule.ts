// An activation between the last layer and its sigmoid.

import { defineRule } from "./define-rule.ts";

/** What is left of the probabilities. */
const REACHED = new Map<string, string>([
  ["relu", "0.5 to 1"],
  ["tanh", "0.27 to 0.73"],
  ["sigmoid", "0.5 to 0.73"],
]);

export const boundedLogit = defineRule<{ label: string; activation: string; range: string }>({
  code: "DIN0708",
  name: "bounded-logit",
  message: ({ label, activation, range }) =>
    `\`${activation}\` before the sigmoid leaves \`${label}\` probabilities from ${range} only`,
  explanation:
    "The logit of a probability is any number: most impressions are not clicked, and their logits lie around −4. An activation on the last layer cuts that off, the loss stops at a level it cannot pass, and with `relu` most rows give no gradient at all.",
  examine({ model, network }, advise) {
    for (const { label } of model.predictions) {
      const logit = network.logit(label);
      const range = REACHED.get(logit.op);
      if (range === undefined || logit.origin === null) continue;
      advise({ label, activation: logit.op, range }, logit.origin, {
        help: "make the last layer a plain `dense(1)`",
      });
    }
  },
});
