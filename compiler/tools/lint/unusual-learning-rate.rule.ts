// Finds a learning rate that is unusual for its optimizer.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { FOR } from "../../frontend/check/named-parts.ts";
import type { Expression } from "../../frontend/syntax/nodes.ts";
import { optimizerOf } from "../../middle/training/optimizers/registry.ts";
import { defineRule } from "./define-rule.ts";
import { argumentOf, settingOf } from "./settings.ts";

type CallExpression = Extract<Expression, { readonly kind: "call" }>;

export const unusualLearningRate = defineRule(catalog.unusualLearningRate, ({ model, spec }, advise) => {
  const written = (settingOf(spec, "optimizer")?.values ?? []).filter((value) => value.kind === "call");
  const hasPart = (value: CallExpression) => value.arguments.some(({ name }) => name?.name === FOR.option);
  const { optimizer: rest, partOptimizers } = model.train;
  const parts = written.filter(hasPart);
  const all = [
    { optimizer: rest, value: written.find((value) => !hasPart(value)) },
    ...partOptimizers.map(({ optimizer }, i) => ({ optimizer, value: parts[i] })),
  ];
  for (const { optimizer, value } of all) {
    const { kind, learningRate: rate } = optimizer;
    const { least, most, usual } = optimizerOf(optimizer).rates;
    const span = argumentOf(value, "learning_rate", 0);
    if (span !== null && (rate < least || rate > most))
      advise({ rate, optimizer: kind, least, most, usual }, span);
  }
});
