// A learning rate that its optimizer is hardly ever used with.

import type { Optimizer } from "../model/model.ts";
import { defineRule } from "./define-rule.ts";
import { argumentOf, settingOf } from "./settings.ts";

/** Wide on purpose: the DIN paper's public experiments run SGD at 1. */
const USUAL: Readonly<Record<Optimizer["kind"], readonly [least: number, most: number]>> = {
  adam: [1e-5, 2e-2],
  adagrad: [1e-4, 0.5],
  sgd: [1e-4, 2],
};

export const unusualLearningRate = defineRule<{
  rate: number;
  optimizer: string;
  least: number;
  most: number;
}>({
  code: "DIN0720",
  name: "unusual-learning-rate",
  message: ({ rate, optimizer, least, most }) =>
    `${optimizer} is used with learning rates from ${least} to ${most}; ${rate} is ${rate > most ? "far more" : "far less"}`,
  explanation:
    "`adam` moves every weight by about its learning rate in each step, whatever the gradient is: 0.1 throws embeddings of size 0.01 about, and 1e-7 leaves them where they began. `adagrad` and `sgd` scale with the gradient and take larger ones. Most often an exponent is off by some digits, or a rate was kept when the optimizer changed.",
  examine({ model, spec }, advise) {
    const { kind, learningRate: rate } = model.train.optimizer;
    const [least, most] = USUAL[kind];
    const span = argumentOf(settingOf(spec, "optimizer")?.values[0], "learning_rate", 0);
    if (span === null || (rate >= least && rate <= most)) return;
    advise({ rate, optimizer: kind, least, most }, span, {
      help: `begin with ${kind === "adam" ? "1e-3" : "0.01"} and search from there`,
    });
  },
});
