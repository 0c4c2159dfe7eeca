// Finds two labels with the same prediction.

import * as catalog from "../../diagnostics/catalog/advice.ts";
import type { Prediction } from "../../frontend/model/model.ts";
import { at } from "../../frontend/syntax/reporter.ts";
import type { NodeId } from "../../middle/graph/graph.ts";
import { defineRule } from "./define-rule.ts";

export const predictionsAlike = defineRule(catalog.predictionsAlike, ({ model, network }, advise) => {
  const first = new Map<NodeId, Prediction>();
  for (const prediction of model.predictions) {
    const { id } = network.logit(prediction.label);
    const earlier = first.get(id);
    if (earlier === undefined) first.set(id, prediction);
    else
      advise({ first: earlier.label, second: prediction.label }, prediction.span, {
        related: [at(earlier.span, "the same value")],
      });
  }
});
