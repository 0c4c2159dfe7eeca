// A learning rate that its optimizer is hardly ever used with.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { optimizerOf } from "../../middle/training/optimizers/registry.ts";
import { defineRule } from "./define-rule.ts";
import { argumentOf, settingOf } from "./settings.ts";

export const unusualLearningRate = defineRule(catalog.unusualLearningRate, ({ model, spec }, advise) => {
  const { optimizer } = model.train;
  const { kind, learningRate: rate } = optimizer;
  const { least, most, usual } = optimizerOf(optimizer).rates;
  const span = argumentOf(settingOf(spec, "optimizer")?.values[0], "learning_rate", 0);
  if (span === null || (rate >= least && rate <= most)) return;
  advise({ rate, optimizer: kind, least, most, usual }, span);
});
