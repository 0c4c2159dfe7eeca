// Finds Adam with its two decay rates swapped.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { defineRule } from "./define-rule.ts";
import { argumentOf, settingOf } from "./settings.ts";

export const swappedBetas = defineRule(catalog.swappedBetas, ({ model, spec }, advise) => {
  const { optimizer } = model.train;
  if (optimizer.kind !== "adam" && optimizer.kind !== "adamw") return;
  if (optimizer.beta1 <= optimizer.beta2) return;
  const [value] = settingOf(spec, "optimizer")?.values ?? [];
  const span = argumentOf(value, "beta1", 1) ?? argumentOf(value, "beta2", 2);
  const { beta1, beta2 } = optimizer;
  if (span !== null) advise({ beta1, beta2 }, span);
});
