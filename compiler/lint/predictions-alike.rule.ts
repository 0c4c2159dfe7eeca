// Two labels with one and the same prediction.

import type { NodeId } from "../graph/graph.ts";
import type { Prediction } from "../model/model.ts";
import { at } from "../model/reporter.ts";
import { defineRule } from "./define-rule.ts";

export const predictionsAlike = defineRule<{ first: string; second: string }>({
  code: "DIN0719",
  name: "predictions-alike",
  message: ({ first, second }) => `\`${second}\` is predicted by the very value that predicts \`${first}\``,
  explanation:
    "Labels with one prediction are trained towards each other: what comes out is the probability of neither. Tasks share their lower layers and have a last layer each.",
  examine({ model, network }, advise) {
    const first = new Map<NodeId, Prediction>();
    for (const prediction of model.predictions) {
      const { id } = network.logit(prediction.label);
      const earlier = first.get(id);
      if (earlier === undefined) first.set(id, prediction);
      else
        advise({ first: earlier.label, second: prediction.label }, prediction.span, {
          related: [at(earlier.span, "the same value")],
          help: "give each label a last layer of its own: `shared |> dense(1) |> sigmoid`",
        });
    }
  },
});
