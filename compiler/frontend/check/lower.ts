// From a checked Model to the forward Graph over example rows. The same walk that checked the spec is done again with
// a builder; blocks are unfolded where they are used, every use with parameters of its own.

import { invariant } from "../../common/internal-error.ts";
import { GraphBuilder } from "../../middle/build/builder.ts";
import type { Graph } from "../../middle/graph/graph.ts";
import { dropDeadNodes } from "../../middle/passes/drop-dead-nodes.ts";
import { outputNames } from "../../middle/programs/program.ts";
import { Declarations } from "../elaborate/declarations.ts";
import { Elaborator, type ElaboratorOptions } from "../elaborate/elaborator.ts";
import { library } from "../elaborate/library.ts";
import { Parts } from "../elaborate/parts.ts";
import type { Model } from "../model/model.ts";
import type { Expression } from "../syntax/nodes.ts";
import { Reporter } from "../syntax/reporter.ts";
import { Environment } from "../values/values.ts";

/**
 * The forward Graph: outputs `logit.<label>`, `probability.<label>` and `auxiliary.<loss>`, each [1] for each example.
 * Only features, tables and parameters that these depend on are in it. `made` takes the names of the parameters that each
 * expression of the net made, with its parts.
 */
export function lower(model: Model, made?: Map<Expression, readonly string[]>): Graph {
  return dropDeadNodes(built(model, made === undefined ? {} : { made }));
}

/** The same Graph, with nodes that nothing depends on, and what each node was made for. */
export function lowerWithParts(model: Model): { readonly graph: Graph; readonly parts: Parts } {
  const parts = new Parts();
  return { graph: built(model, { parts }), parts };
}

function built(model: Model, taking: Pick<ElaboratorOptions, "made" | "parts">): Graph {
  const builder = new GraphBuilder();
  const declarations = Declarations.of(model);
  const elaborator = new Elaborator({
    declarations,
    reporter: new Reporter(),
    library,
    builder,
    ...taking,
  });
  const environment = Environment.ofNet();
  for (const statement of model.net.statements) {
    if (statement.kind === "let") {
      elaborator.lets([statement], environment);
      continue;
    }
    if (statement.kind === "loss") {
      const { name } = statement.name;
      const { node } = elaborator.named(name, statement.value, environment);
      invariant(node !== null, `the loss ${name} has no node`);
      builder.output(outputNames.auxiliary(name), node);
      continue;
    }
    const label = statement.label.name;
    const { node, logit } = elaborator.named(label, statement.value, environment);
    invariant(node !== null && logit !== null, `the prediction of ${label} has no logit`);
    builder.output(outputNames.logit(label), logit);
    builder.output(outputNames.probability(label), node);
  }
  return builder.finish();
}
