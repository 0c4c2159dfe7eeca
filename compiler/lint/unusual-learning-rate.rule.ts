// A learning rate that its optimizer is hardly ever used with.

import { optimizerOf } from "../training/optimizers/registry.ts";
import { defineRule } from "./define-rule.ts";
import { argumentOf, settingOf } from "./settings.ts";

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
    "`adam` and `adamw` move every weight by about the learning rate in each step, whatever the gradient is: 0.1 throws embeddings of size 0.01 about, and 1e-7 leaves them where they began. The others scale with the gradient and take larger ones. Most often an exponent is off by some digits, or a rate was kept when the optimizer changed.",
  examine({ model, spec }, advise) {
    const { optimizer } = model.train;
    const { kind, learningRate: rate } = optimizer;
    const { least, most, usual } = optimizerOf(optimizer).rates;
    const span = argumentOf(settingOf(spec, "optimizer")?.values[0], "learning_rate", 0);
    if (span === null || (rate >= least && rate <= most)) return;
    advise({ rate, optimizer: kind, least, most }, span, {
      help: `begin with ${usual === 1e-3 ? "1e-3" : usual} and search from there`,
    });
  },
});
