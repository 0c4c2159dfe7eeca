// Finds a batch size so small or large that training suffers.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { defineRule } from "./define-rule.ts";
import { settingOf } from "./settings.ts";

const LEAST = 8;
const MOST = 65_536;

export const unusualBatch = defineRule(catalog.unusualBatch, ({ model, spec }, advise) => {
  const { batch } = model.train;
  const span = settingOf(spec, "batch")?.values[0]?.span;
  if (span !== undefined && (batch < LEAST || batch > MOST))
    advise({ batch, isTooSmall: batch < LEAST }, span);
});
