// From a checked Model to the forward Graph over example rows. The same walk that checked the spec is done again with
// a builder; blocks are unfolded where they are used, every use with parameters of its own.

import type { Expression } from "../ast/nodes.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import { invariant } from "../internal-error.ts";
import { Declarations } from "../model/declarations.ts";
import type { Model } from "../model/model.ts";
import { Reporter } from "../model/reporter.ts";
import { Environment } from "../model/values.ts";
import { Walker } from "../model/walker.ts";
import { dropDeadNodes } from "../passes/drop-dead-nodes.ts";
import { library } from "../std/library.ts";
import { outputNames } from "../training/program.ts";

/**
 * The forward Graph: outputs `logit.<label>`, `probability.<label>` and `auxiliary.<loss>`, each [1] for each example.
 * Only features, tables and parameters that these depend on are in it. `made` takes the names of the parameters that each
 * expression of the net made, with its parts.
 */
export function lower(model: Model, made?: Map<Expression, readonly string[]>): Graph {
  const builder = new GraphBuilder();
  const declarations = Declarations.of(model);
  const walker = new Walker({
    declarations,
    reporter: new Reporter(),
    library,
    builder,
    ...(made === undefined ? {} : { made }),
  });
  const environment = Environment.ofNet();
  for (const statement of model.net.statements) {
    if (statement.kind === "let") {
      walker.lets([statement], environment);
      continue;
    }
    if (statement.kind === "loss") {
      const { name } = statement.name;
      const { node } = walker.named(name, statement.value, environment);
      invariant(node !== null, `the loss ${name} has no node`);
      builder.output(outputNames.auxiliary(name), node);
      continue;
    }
    const label = statement.label.name;
    const { node, logit } = walker.named(label, statement.value, environment);
    invariant(node !== null && logit !== null, `the prediction of ${label} has no logit`);
    builder.output(outputNames.logit(label), logit);
    builder.output(outputNames.probability(label), node);
  }
  return dropDeadNodes(builder.finish());
}
