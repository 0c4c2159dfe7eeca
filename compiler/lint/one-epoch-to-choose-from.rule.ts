// An early stop in a training of one epoch.

import { defineRule } from "./define-rule.ts";
import { settingOf } from "./settings.ts";

export const oneEpochToChooseFrom = defineRule<Record<string, never>>({
  code: "DIN0440",
  name: "one-epoch-to-choose-from",
  message: () => "`stop early` has one epoch to choose from",
  explanation:
    "An early stop compares epochs and keeps the weights of the best. `epochs` says how many there are at most; where it is not set, or 1, training ends before anything could be compared.",
  examine({ model, spec }, advise) {
    const { earlyStop, epochs } = model.train;
    const span = settingOf(spec, "stop")?.span;
    if (span === undefined || earlyStop === null || epochs > 1) return;
    advise({}, span, { help: "allow more of them: `epochs 10`" });
  },
});
