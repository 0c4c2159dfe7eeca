// A prediction that is the same for every user.

import { defineRule } from "./define-rule.ts";

export const predictionIgnoresUser = defineRule<{ label: string }>({
  code: "DIN0718",
  name: "prediction-ignores-user",
  message: ({ label }) => `\`${label}\` is predicted from the item alone: every user gets the same order`,
  explanation:
    "Neither a user feature nor a history nor the context enters this prediction, so that it ranks by popularity. As a baseline that is worth having; as a model for users it is most likely missing its inputs.",
  examine({ model, network }, advise) {
    for (const { label, span } of model.predictions) {
      const origins = network.originsOf(network.logit(label));
      if (["user", "history", "context", "anything else"].some((origin) => origins.has(origin as "user")))
        continue;
      advise({ label }, span, { help: "use a user feature or a history" });
    }
  },
});
