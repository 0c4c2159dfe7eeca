// Finds an early stop in a training of one epoch.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { defineRule } from "./define-rule.ts";
import { settingOf } from "./settings.ts";

export const oneEpochToChooseFrom = defineRule(catalog.oneEpochToChooseFrom, ({ model, spec }, advise) => {
  const { earlyStop, epochs } = model.train;
  const span = settingOf(spec, "stop")?.span;
  if (span === undefined || earlyStop === null || epochs > 1) return;
  advise({}, span);
});
