// Makes a model with random weights and invented vocabularies, for inspecting generated code, its size and
// its speed before training.

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

/** The number of values in a vocabulary that only training data determine. */
const KNOWN_VALUES = 1000;

/**
 * The values are spread like those of a trained model: a freshly initialised model gives every candidate
 * nearly the same score.
 */
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

/** Turns a standard normal `x` into a plausible trained weight for this initializer. */
function spread(init: Initializer, x: number): number {
  switch (init.kind) {
    case "glorot_normal":
      return Math.sqrt(2 / (init.fanIn + init.fanOut)) * x;
    case "normal":
      return init.deviation * x;
    case "uniform":
      return init.limit * x;
    // A value that starts at a number other than zero may be a variance, which must stay positive.
    case "constant":
      return init.value * Math.exp(0.3 * x);
    case "label":
      return init.untrained;
    case "zeros":
      return 0.1 * x;
    default:
      return unreachable(init, "initializer");
  }
}

/** The model for a target without weights: it makes nothing of the size of a table. */
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
