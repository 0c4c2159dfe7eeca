// Many epochs and nothing against what they do to id embeddings.

import { defineRule } from "./define-rule.ts";
import { expressionsOf } from "./expressions.ts";
import { settingOf } from "./settings.ts";

const MOST = 5;

export const epochsWithoutRegularization = defineRule<{ epochs: number }>({
  code: "DIN0723",
  name: "epochs-without-regularization",
  message: ({ epochs }) =>
    `${epochs} epochs without regularisation: click models overfit after the first or second`,
  explanation:
    "Embeddings of ids that occur a few times fit those rows in the second pass: with its public code DIN reaches a GAUC of 0.8698 on Amazon Electronics early on and falls to about 0.81 when training goes on, and the drop at the start of the second epoch is common to deep click models (Zhang et al., CIKM 2022). `mini_batch_aware` (DIN, section 5.1) is meant against it; `stop early` ends training when it begins.",
  examine({ model, spec }, advise) {
    const { epochs, miniBatchAware, l2, earlyStop, optimizer } = model.train;
    const span = settingOf(spec, "epochs")?.values[0]?.span;
    if (span === undefined || epochs <= MOST || earlyStop !== null) return;
    const weightDecay = optimizer.kind === "adamw" ? optimizer.weightDecay : 0;
    if ((miniBatchAware ?? 0) > 0 || l2.tables > 0 || weightDecay > 0 || usesDropout()) return;
    advise({ epochs }, span, {
      help: "add `regularize mini_batch_aware(1e-2)` or `stop early(patience: 1)`, or train for one to three epochs",
    });

    function usesDropout(): boolean {
      for (const expression of expressionsOf(spec)) {
        if (expression.kind === "name" && expression.name === "dropout") return true;
        if (expression.kind !== "call" && expression.kind !== "pipe") continue;
        if (expression.callee.name === "dropout") return true;
        if (expression.arguments.some(({ name }) => name?.name === "dropout")) return true;
      }
      return false;
    }
  },
});
