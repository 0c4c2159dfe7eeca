// A batch of so few or so many rows that training suffers from it.

import { defineRule } from "./define-rule.ts";
import { settingOf } from "./settings.ts";

const LEAST = 8;
const MOST = 65_536;

export const unusualBatch = defineRule<{ batch: number }>({
  code: "DIN0722",
  name: "unusual-batch",
  message: ({ batch }) =>
    batch < LEAST
      ? `a batch of ${batch} is too few rows to estimate a gradient, and \`dice\`'s statistics, from`
      : `a batch of ${batch.toLocaleString("en-US")} rows leaves few steps in an epoch`,
  explanation:
    "A batch's mean gradient stands for that of all rows, and `dice` takes mean and variance over the batch: with less than 8 rows both are noise. Beyond some ten thousand rows the gradient gets no better while steps become few; large batches take a larger learning rate and a warm-up. 128 to 4,096 are usual.",
  examine({ model, spec }, advise) {
    const { batch } = model.train;
    const span = settingOf(spec, "batch")?.values[0]?.span;
    if (span !== undefined && (batch < LEAST || batch > MOST))
      advise({ batch }, span, { help: "256 to 1,024 is a good place to begin" });
  },
});
