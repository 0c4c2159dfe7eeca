// A model with random weights and invented vocabularies, for looking at generated code, its size and its speed before
// anything is trained.

import { unreachable } from "../../common/internal-error.ts";
import { Random } from "../../common/random.ts";
import { lower } from "../../frontend/check/lower.ts";
import { tablesOf } from "../../frontend/kinds/model-queries.ts";
import { hasLearningPipe, keepsVocabulary } from "../../frontend/kinds/registry.ts";
import { untrainedPipe } from "../../frontend/kinds/transforms.ts";
import { allFeatures, FIRST_ID, type Fitted, type Model } from "../../frontend/model/model.ts";
import type { Initializer } from "../../middle/graph/graph.ts";
import { sizeOf } from "../../middle/graph/types.ts";
import { predictionProgram } from "../../middle/programs/step.ts";
import type { TrainedModel } from "./trained-model.ts";

/** How many values a vocabulary has that only training data could tell. */
const KNOWN_VALUES = 1000;

/** Values spread as in a trained model: a model just initialised gives every candidate nearly the same score. */
export function untrainedModel(model: Model, seed: number, known = KNOWN_VALUES): TrainedModel {
  const predict = predictionProgram(lower(model), model);
  const fitted = madeUp(model, known);
  const normal = (name: string, length: number, from: number, weight: (x: number) => number) => {
    const random = Random.of(seed, `untrained ${name}`);
    const values = new Float32Array(length);
    for (let i = from; i < length; i++) values[i] = weight(random.normal());
    return values;
  };
  return {
    model,
    run: null,
    calibration: null,
    usual: null,
    padding: null,
    fitted,
    predict,
    parameters: new Map(
      [...predict.parameters.values()].map(({ name, dims, init }) => [
        name,
        normal(name, sizeOf(dims), 0, (x) => spread(init, x)),
      ]),
    ),
    tables: new Map(
      tablesOf(model, fitted).map(({ name, rows, width }) => [
        name,
        { width, values: normal(`table ${name}`, rows * width, FIRST_ID * width, (x) => 0.3 * x) },
      ]),
    ),
  };
}

/** A standard normal `x` as a weight that training might have made of this initial value. */
function spread(init: Initializer, x: number): number {
  switch (init.kind) {
    case "glorot_normal":
      return Math.sqrt(2 / (init.fanIn + init.fanOut)) * x;
    case "normal":
      return init.deviation * x;
    case "uniform":
      return init.limit * x;
    // What starts at a number other than zero may be a variance, which stays positive.
    case "constant":
      return init.value * Math.exp(0.3 * x);
    case "zeros":
      return 0.1 * x;
    default:
      return unreachable(init, "initializer");
  }
}

/** For a target that holds no weights: nothing of the size of a table is made. */
export function modelAlone(model: Model): TrainedModel {
  const predict = predictionProgram(lower(model), model);
  const fitted = { vocabularies: new Map(), transforms: new Map() };
  const none = { run: null, calibration: null, usual: null, padding: null };
  return { ...none, model, fitted, predict, parameters: new Map(), tables: new Map() };
}

function madeUp(model: Model, known: number): Fitted {
  const features = allFeatures(model);
  return {
    vocabularies: new Map(
      features
        .filter((feature) => keepsVocabulary(feature) && feature.shares === null)
        .map(({ name }) => [name, Array.from({ length: known }, (_, i) => String(i + 1))]),
    ),
    transforms: new Map(
      features.filter(hasLearningPipe).map(({ name, kind }) => [name, untrainedPipe(kind)]),
    ),
  };
}
