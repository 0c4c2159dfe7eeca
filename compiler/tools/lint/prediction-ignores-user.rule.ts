// Finds a prediction that is the same for every user.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import { defineRule } from "./define-rule.ts";

export const predictionIgnoresUser = defineRule(
  catalog.predictionIgnoresUser,
  ({ model, network }, advise) => {
    for (const { label, span } of model.predictions) {
      const origins = network.originsOf(network.logit(label));
      if (["user", "history", "context", "anything else"].some((origin) => origins.has(origin as "user")))
        continue;
      advise({ label }, span);
    }
  },
);
