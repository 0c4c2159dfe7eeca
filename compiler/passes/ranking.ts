// The ranking program of a model: what is compiled, and what a request costs.

import type { ValidGraph } from "../graph/graph.ts";
import { validate } from "../graph/validate.ts";
import type { Model } from "../model/model.ts";
import { outputNames } from "../training/program.ts";
import { rankingPasses, runPasses } from "./pipeline.ts";
import { toRequest } from "./request.ts";

/**
 * The logits of `predict` (`TrainingProgram.predict`) over a request and its candidates. Whatever else it has as outputs keeps
 * the rows that it has.
 */
export function rankingProgram(model: Model, predict: ValidGraph): ValidGraph {
  const logits = new Set(model.predictions.map(({ label }) => outputNames.logit(label)));
  const request = toRequest(
    predict,
    (input) => model.features.get(input)?.scope === "item",
    (output) => logits.has(output),
  );
  return validate(runPasses(request, rankingPasses));
}
