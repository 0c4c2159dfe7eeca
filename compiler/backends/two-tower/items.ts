// Makes a model of the item half of a two-tower model. Its predictions are the numbers of a vector, so the
// engines that score rows compute vectors of items.

import type { Label, Model } from "../../frontend/model/model.ts";
import { GraphBuilder } from "../../middle/builder/builder.ts";
import { validate } from "../../middle/builder/validate.ts";
import { copyInto } from "../../middle/graph/copy.ts";
import type { ValidGraph } from "../../middle/graph/graph.ts";
import type { TrainedModel } from "../contract/trained-model.ts";
import { towersOf } from "./package.ts";
import { VECTOR } from "./towers.ts";

export interface ItemModel {
  /** With the features of items only. */
  readonly model: Model;
  /** Over example rows; each row is an item. */
  readonly predict: ValidGraph;
  readonly width: number;
}

/** Throws DiagnosticError if the model does not have two towers. */
export function itemModel(
  model: Model,
  predict: ValidGraph,
  calibration: TrainedModel["calibration"],
): ItemModel {
  const { item, width } = towersOf(model, predict, calibration);
  const [prediction] = model.predictions as readonly [Model["predictions"][number]];
  const builder = new GraphBuilder();
  for (const parameter of item.parameters.values()) builder.declare(parameter);
  const vector = copyInto(builder, item.nodes)(item.outputs.get(VECTOR)!);
  const predictions = Array.from({ length: width }, (_, i) => ({
    ...{ ...prediction, width: 1, label: `${VECTOR}${i}` },
  }));
  const labels = predictions.map(({ label: name, span }): [string, Label] => [
    name,
    { name, type: { kind: "number", transforms: [] }, mayBeMissing: false, weight: null, doc: "", span },
  ]);
  for (const [i, { label }] of predictions.entries())
    builder.output(
      { kind: "logit", of: label },
      builder.add("slice", [vector], { dim: 0, from: i, to: i + 1 }),
    );
  const features = new Map([...model.features].filter(([, { scope }]) => scope === "item"));
  return {
    model: { ...model, features, histories: new Map(), labels: new Map(labels), predictions, outputs: [] },
    predict: validate(builder.finish()),
    width,
  };
}
