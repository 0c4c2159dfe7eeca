// Adam with its two decay rates in the wrong order.

import { defineRule } from "./define-rule.ts";
import { argumentOf, settingOf } from "./settings.ts";

export const swappedBetas = defineRule<{ beta1: number; beta2: number }>({
  code: "DIN0721",
  name: "swapped-betas",
  message: ({ beta1, beta2 }) => `beta1 is ${beta1} and beta2 ${beta2}, most likely the other way round`,
  explanation:
    "`beta1` is how much of the mean gradient is kept, `beta2` how much of the mean square: 0.9 and 0.999 (Kingma & Ba, ICLR 2015). With a shorter memory for the squares than for the gradient, steps become large just where the gradient has changed.",
  examine({ model, spec }, advise) {
    const { optimizer } = model.train;
    if (optimizer.kind !== "adam" && optimizer.kind !== "adamw") return;
    if (optimizer.beta1 <= optimizer.beta2) return;
    const [value] = settingOf(spec, "optimizer")?.values ?? [];
    const span = argumentOf(value, "beta1", 1) ?? argumentOf(value, "beta2", 2);
    const { beta1, beta2 } = optimizer;
    if (span !== null) advise({ beta1, beta2 }, span, { help: "write `beta1: 0.9, beta2: 0.999`" });
  },
});
