// The loss of a training step: the sum of the terms of all labels and auxiliary losses, each over the rows
// that have it.

import { invariant } from "../../common/internal-error.ts";
import type { GraphBuilder } from "../builder/builder.ts";
import type { InputRole } from "../graph/attributes.ts";
import type { Graph, NodeId } from "../graph/graph.ts";
import { outputNames } from "../graph/outputs.ts";
import type { Rows } from "../graph/types.ts";
import { labelLoss } from "../training/label-losses.ts";
import type { CountingRule, Objective } from "../training/settings.ts";
import { inputOf } from "./program.ts";

type RoleOfCounts = Extract<InputRole, { readonly kind: "present" | "weight" }>;

const EXAMPLES: Rows = { kind: "each", per: "example" };

/** The least sum of a batch's weights, so that no term is divided by 0. */
const LEAST_WEIGHT = 1e-30;

/**
 * The sum of all terms, each times its weight (once [1]). If there are several, each is also an output,
 * before its weight. `copyOf` maps nodes of `forward`.
 */
export function lossOf(
  graph: GraphBuilder,
  objective: Objective,
  forward: Graph,
  copyOf: (id: NodeId) => NodeId,
): NodeId {
  const { loss } = objective.train;
  const outputOf = (name: string) => {
    const output = forward.outputs.get(name);
    invariant(output !== undefined, `the forward graph has no ${name}`);
    return output;
  };
  const eachOf = (label: string) => {
    const own = forward.outputs.get(outputNames.own(label));
    if (own !== undefined) return copyOf(own);
    const truth = inputOfRows(graph, { kind: "label", of: label });
    return labelLoss(graph, loss, copyOf(outputOf(outputNames.logit(label))), truth);
  };
  const counts = countsOf(objective, forward);
  const meanOfTerm = (name: string, each: NodeId) => {
    const factors = (counts.get(name) ?? []).map((role) => inputOfRows(graph, role));
    if (factors.length === 0) return meanOf(graph, each);
    const all = factors.reduce((product, one) => graph.add("multiply", [product, one], {}));
    return meanOfRows(graph, each, all);
  };
  const terms = [
    ...objective.predictions.map(({ label, weight }) => ({
      ...{ name: label, weight },
      mean: meanOfTerm(label, eachOf(label)),
    })),
    ...objective.losses.map(({ name, weight }) => ({
      ...{ name, weight },
      mean: meanOfTerm(name, copyOf(outputOf(outputNames.auxiliary(name)))),
    })),
  ];
  if (terms.length > 1) for (const { name, mean } of terms) graph.output({ kind: "term", of: name }, mean);
  return terms
    .map(({ weight, mean }) => {
      const factor = graph.add("constant", [], { value: weight, dims: [1] });
      return weight === 1 ? mean : graph.add("multiply", [mean, factor], {});
    })
    .reduce((sum, term) => graph.add("add", [sum, term], {}));
}

/**
 * By label and auxiliary loss, the inputs whose product is the weight of a row; none if each row counts once.
 */
export function countsOf(
  { labels, predictions, losses }: Pick<Objective, "labels" | "predictions" | "losses">,
  forward: Graph,
): ReadonlyMap<string, readonly RoleOfCounts[]> {
  const ofLoss = (name: string) =>
    labelsRead(forward, forward.outputs.get(outputNames.auxiliary(name))!)
      .filter((label) => labels.get(label)!.mayBeMissing)
      .map((of): RoleOfCounts => ({ kind: "present", of }));
  return new Map([
    ...predictions.map(({ label }) => [label, ofLabel(label, labels.get(label)!)] as const),
    ...losses.map(({ name }) => [name, ofLoss(name)] as const),
  ]);
}

function ofLabel(of: string, { weight, mayBeMissing }: CountingRule): readonly RoleOfCounts[] {
  if (weight !== null) return [{ kind: "weight", of }];
  return mayBeMissing ? [{ kind: "present", of }] : [];
}

/** An input with one number for each example. */
function inputOfRows(graph: GraphBuilder, role: InputRole): NodeId {
  return graph.add("input", [], inputOf(role, { rows: EXAMPLES, dims: [1], dtype: "f32" }));
}

/** The labels that a node depends on. */
export function labelsRead({ nodes }: Graph, of: NodeId): readonly string[] {
  const labels = new Set<string>();
  const seen = new Set([of]);
  const waiting = [of];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const node = nodes[id]!;
    if (node.op === "input") {
      const { role } = node.attributes;
      if (role.kind === "label") labels.add(role.of);
    }
    for (const input of node.inputs)
      if (!seen.has(input)) {
        seen.add(input);
        waiting.push(input);
      }
  }
  return [...labels].sort();
}

/** The mean over the examples of the batch. A value that depends on learned values alone is its own mean. */
function meanOf(graph: GraphBuilder, each: NodeId): NodeId {
  if (graph.typeOf(each).rows.kind === "once") return each;
  const count = graph.add("count_rows", [], { rows: EXAMPLES });
  return graph.add("divide", [graph.add("sum_rows", [each], {}), count], {});
}

/** The weighted mean over the examples. A row of weight 0 adds nothing, whatever its value. */
function meanOfRows(graph: GraphBuilder, each: NodeId, weight: NodeId): NodeId {
  const zero = graph.add("constant", [], { value: 0, dims: [1] });
  const least = graph.add("constant", [], { value: LEAST_WEIGHT, dims: [1] });
  const counted = graph.add("choose", [weight, graph.add("multiply", [each, weight], {}), zero], {});
  const rows = graph.add("maximum", [graph.add("sum_rows", [weight], {}), least], {});
  return graph.add("divide", [graph.add("sum_rows", [counted], {}), rows], {});
}
