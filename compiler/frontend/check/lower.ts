// Lowers a checked Model to the forward Graph over example rows. It repeats the walk that checked the spec,
// now with a builder; blocks are unfolded where they are used, and every use has parameters of its own.

import { invariant } from "../../common/internal-error.ts";
import { GraphBuilder } from "../../middle/builder/builder.ts";
import type { Graph } from "../../middle/graph/graph.ts";
import { dropDeadNodes } from "../../middle/passes/drop-dead-nodes.ts";
import { channelsOf } from "../../middle/training/channels.ts";
import { Declarations } from "../elaborate/declarations.ts";
import { Elaborator } from "../elaborate/elaborator.ts";
import { inUnitOfLabel } from "../elaborate/label-transforms.ts";
import { Parts } from "../elaborate/parts.ts";
import type { BuildingOptions } from "../elaborate/walk-target.ts";
import { library } from "../functions/library.ts";
import type { Model } from "../model/model.ts";
import { type Expression, isLocal, type Predict } from "../syntax/nodes.ts";
import { Reporter } from "../syntax/reporter.ts";
import { isTensor } from "../values/types.ts";
import { Environment } from "../values/values.ts";
import { lossOf } from "./check-loss.ts";
import { ownLoss } from "./own-loss.ts";
import { weighted } from "./weights.ts";

/**
 * Returns the forward Graph with the outputs `logit.<label>`, `probability.<label>` and `auxiliary.<loss>`,
 * each [1] per example, and `output.<name>`. For a number, the first is the prediction; for classes there is one per class
 * (`channelsOf`). A label with a loss of its own has it as `own.<label>`. The Graph contains only the
 * features, tables and parameters that these depend on. `made` receives, for each expression of the net, the
 * names of the parameters that it and its parts made.
 */
export function lower(model: Model, made?: Map<Expression, readonly string[]>): Graph {
  return dropDeadNodes(built(model, made === undefined ? {} : { made }));
}

/** Returns the same Graph with unused nodes too, and the part that each node was made for. */
export function lowerWithParts(model: Model): { readonly graph: Graph; readonly parts: Parts } {
  const parts = new Parts();
  return { graph: built(model, { parts }), parts };
}

function built(model: Model, taking: Omit<BuildingOptions, "builder">): Graph {
  const builder = new GraphBuilder();
  const declarations = Declarations.of(model);
  const elaborator = new Elaborator({
    declarations,
    reporter: new Reporter(),
    library,
    building: { builder, ...taking },
  });
  const environment = Environment.ofNet();
  for (const statement of model.net.statements) {
    if (isLocal(statement)) {
      elaborator.locals([statement], environment);
      if (statement.kind === "output") addOutput(statement.name.name, environment, builder);
      continue;
    }
    if (statement.kind === "loss") {
      const { name } = statement.name;
      const { value, weight } = lossOf(statement, elaborator, environment);
      const { node } = isTensor(value) ? weighted(elaborator, value, weight) : value;
      invariant(node !== null, `the loss ${name} has no node`);
      builder.output({ kind: "auxiliary", of: name }, node);
      continue;
    }
    addPrediction(model, statement, elaborator, environment, builder);
  }
  return builder.finish();
}

function addOutput(name: string, environment: Environment, builder: GraphBuilder): void {
  const node = environment.peek(name)?.node ?? null;
  invariant(node !== null, `the output ${name} has no node`);
  builder.output({ kind: "output", of: name }, node);
}

function addPrediction(
  model: Model,
  statement: Predict,
  elaborator: Elaborator,
  environment: Environment,
  builder: GraphBuilder,
): void {
  const label = model.labels.get(statement.label.name)!;
  const prediction = elaborator.named(label.name, statement.value, environment);
  const { node, logit } = prediction;
  const number = label.type.kind === "number" ? inUnitOfLabel(elaborator, label, node, label.span) : logit;
  invariant(node !== null && number !== null, `the prediction of ${label.name} has no logit`);
  const channels = channelsOf(model.predictions.find((each) => each.label === label.name)!);
  for (const [i, channel] of channels.entries())
    builder.output(
      { kind: "logit", of: channel },
      channels.length === 1 ? number : builder.add("slice", [number], { dim: 0, from: i, to: i + 1 }),
    );
  if (label.type.kind !== "number") builder.output({ kind: "probability", of: label.name }, node);
  const { value } = ownLoss(statement, label, prediction, elaborator, environment, model.train.loss);
  if (value === null) return;
  invariant(value.node !== null, `the loss of ${label.name} has no node`);
  builder.output({ kind: "own", of: label.name }, value.node);
}
