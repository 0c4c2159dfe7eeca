// Finds many epochs without a regularizer for id embeddings, which overfit.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { defineRule } from "./define-rule.ts";
import { expressionsOf } from "./expressions.ts";
import { settingOf } from "./settings.ts";

const MOST = 5;
const DROPOUTS: ReadonlySet<string> = new Set(["dropout", "vector_dropout"]);

export const epochsWithoutRegularization = defineRule(
  catalog.epochsWithoutRegularization,
  ({ model, spec }, advise) => {
    const { epochs, miniBatchAware, l2, earlyStop, optimizer } = model.train;
    const span = settingOf(spec, "epochs")?.values[0]?.span;
    if (span === undefined || epochs <= MOST || earlyStop !== null) return;
    const weightDecay = optimizer.kind === "adamw" ? optimizer.weightDecay : 0;
    if ((miniBatchAware ?? 0) > 0 || l2.tables > 0 || weightDecay > 0 || usesDropout()) return;
    advise({ epochs }, span);

    function usesDropout(): boolean {
      for (const expression of expressionsOf(spec)) {
        if (expression.kind === "name" && DROPOUTS.has(expression.name)) return true;
        if (expression.kind !== "call" && expression.kind !== "pipe") continue;
        if (DROPOUTS.has(expression.callee.name)) return true;
        if (expression.arguments.some(({ name }) => name?.name === "dropout")) return true;
      }
      return false;
    }
  },
);
