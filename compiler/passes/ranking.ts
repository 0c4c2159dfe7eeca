// The ranking program of a model: what is compiled, and what a request costs.

import type { ValidGraph } from "../graph/graph.ts";
import { validate } from "../graph/validate.ts";
import type { Model } from "../model/model.ts";
import { rankingPasses, runPasses } from "./pipeline.ts";
import { toRequest } from "./request.ts";

/** The logits of `predict` (`TrainingProgram.predict`) over a request and its candidates. */
export function rankingProgram(model: Model, predict: ValidGraph): ValidGraph {
  const request = toRequest(predict, (input) => model.features.get(input)?.scope === "item");
  return validate(runPasses(request, rankingPasses));
}
