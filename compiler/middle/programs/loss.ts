// The loss of a training step: what each label and each auxiliary loss of a spec adds to it.

import { invariant } from "../../common/internal-error.ts";
import type { GraphBuilder } from "../build/builder.ts";
import type { NodeId } from "../graph/graph.ts";
import type { Rows } from "../graph/types.ts";
import { labelLoss } from "../training/label-losses.ts";
import type { Objective } from "../training/settings.ts";
import { inputOf, outputNames } from "./program.ts";

const EXAMPLES: Rows = { kind: "each", per: "example" };

/** The sum of all terms, each times its weight (once [1]). More than one are outputs of their own, before weights. */
export function lossOf(
  graph: GraphBuilder,
  objective: Objective,
  forward: (output: string) => NodeId | null,
): NodeId {
  const { loss, labelWeights } = objective.train;
  const given = (output: string) => {
    const node = forward(output);
    invariant(node !== null, `the forward graph has no ${output}`);
    return node;
  };
  const ofLabel = (label: string) => {
    const own = forward(outputNames.own(label));
    if (own !== null) return own;
    const type = { rows: EXAMPLES, dims: [1], dtype: "f32" } as const;
    const truth = graph.add("input", [], inputOf({ kind: "label", of: label }, type));
    return labelLoss(graph, loss, given(outputNames.logit(label)), truth);
  };
  const terms = [
    ...objective.predictions.map(({ label, weight }) => ({
      name: label,
      weight: Object.hasOwn(labelWeights, label) ? labelWeights[label]! : weight,
      mean: meanOf(graph, ofLabel(label)),
    })),
    ...objective.losses.map(({ name, weight }) => ({
      name,
      weight,
      mean: meanOf(graph, given(outputNames.auxiliary(name))),
    })),
  ];
  if (terms.length > 1) for (const { name, mean } of terms) graph.output(outputNames.term(name), mean);
  return terms
    .map(({ weight, mean }) => {
      const factor = graph.add("constant", [], { value: weight, dims: [1] });
      return weight === 1 ? mean : graph.add("multiply", [mean, factor], {});
    })
    .reduce((sum, term) => graph.add("add", [sum, term], {}));
}

/** Over the examples of the batch. */
function meanOf(graph: GraphBuilder, each: NodeId): NodeId {
  const count = graph.add("count_rows", [], { rows: EXAMPLES });
  return graph.add("divide", [graph.add("sum_rows", [each], {}), count], {});
}
