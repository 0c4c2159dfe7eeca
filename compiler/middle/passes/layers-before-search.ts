// Multiplies the steps of a request's history by a layer's weights before the search, not the steps that each
// candidate chose: 200 candidates choose 10,000 steps from 2,000. A missing step is 0 before and after.

import type { GraphBuilder } from "../builder/builder.ts";
import { rewrite } from "../builder/rewrite.ts";
import type { Graph, NodeId } from "../graph/graph.ts";

/** Moves products over chosen steps, also if the chosen steps are only one part of a vector. */
export function layersBeforeSearch(graph: Graph): Graph {
  return rewrite(graph, ({ op, attributes, origin }, [x, w], builder) => {
    if (op !== "matmul" || attributes.transpose) return null;
    const parts = partsOf(builder, x!);
    if (!parts.some((part) => isChosenOfShared(builder, part))) return null;
    const multiply = (input: NodeId, weights: NodeId) => {
      if (!isChosenOfShared(builder, input))
        return builder.add("matmul", [input, weights], { transpose: false }, origin);
      const [steps, places] = builder.node(input).inputs as readonly [NodeId, NodeId];
      const product = builder.add("matmul", [steps, weights], { transpose: false }, origin);
      return builder.add("gather_steps", [product, places], {}, origin);
    };
    if (parts.length === 1) return multiply(x!, w!);
    let from = 0;
    return parts
      .map((part) => {
        const to = from + builder.typeOf(part).dims.at(-1)!;
        const rows = builder.add("slice", [w!], { dim: 0, from, to }, origin);
        from = to;
        return multiply(part, rows);
      })
      .reduce((sum, product) => builder.add("add", [sum, product], {}, origin));
  });
}

/** The parts of x [n, d] that are concatenated. */
function partsOf(builder: GraphBuilder, x: NodeId): readonly NodeId[] {
  const { op, inputs, attributes } = builder.node(x);
  return op === "concat" && attributes.dim === 1 ? inputs : [x];
}

function isChosenOfShared(builder: GraphBuilder, id: NodeId): boolean {
  const { op, inputs } = builder.node(id);
  if (op !== "gather_steps") return false;
  const [steps, places] = inputs.map((input) => builder.typeOf(input).rows);
  return (
    steps!.kind === "steps" &&
    steps!.per === "request" &&
    places!.kind === "each" &&
    places!.per === "candidate"
  );
}
