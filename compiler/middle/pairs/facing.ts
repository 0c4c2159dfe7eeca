// Recognises the steps that others face: `facing` makes a list of them by an attention that gives each place of the list
// exactly one step, so a back end may copy the steps instead.

import type { Graph, Node, NodeId } from "../graph/graph.ts";
import type { StepsRows } from "../graph/types.ts";

/**
 * The scale of the scores by which a place finds its step: all other scores are 800 lower, and e to that is 0
 * even in 64 bits.
 */
export const CERTAIN = 400;

/** Steps, the latest first, as a list that is as long as the history may be. */
export interface FacedSteps {
  /** The value of the steps, or, in a gradient, that of the list. */
  readonly x: NodeId;
  readonly steps: StepsRows;
  readonly places: number;
}

/** The copy that the attention makes; null if it is another attention. */
export function facedSteps(node: Node, graph: Graph): FacedSteps | null {
  return node.op === "attention" ? facedBy(node, graph, node.inputs[2]!) : null;
}

/** The copy that the gradient makes back to the steps; null if it belongs to another attention. */
export function facedGradient(node: Node, graph: Graph): FacedSteps | null {
  const isOfValues = node.op === "attention_gradient" && node.attributes.of === "values";
  return isOfValues ? facedBy(node, graph, node.inputs[3]!) : null;
}

function facedBy(
  { attributes, inputs }: Node<"attention" | "attention_gradient">,
  { nodes }: Graph,
  x: NodeId,
): FacedSteps | null {
  const isCertain = attributes.scale === CERTAIN && attributes.heads === 1 && !attributes.causal;
  const [queries, keys] = inputs.map((input) => ofRequest(nodes[input]!, nodes)) as [Node, Node];
  const isOfPlaces =
    keys.op === "gather_positions" && queries.op === "multiply" && queries.inputs[0] === keys.inputs[0];
  const { rows } = nodes[inputs[1]!]!.type;
  if (!isCertain || !isOfPlaces || rows.kind !== "steps") return null;
  return { x, steps: rows, places: queries.type.dims[0]! };
}

/** The value of the request that is repeated for its candidates; others as they are. */
export function ofRequest(node: Node, nodes: Graph["nodes"]): Node {
  return node.op === "repeat_candidates" ? nodes[node.inputs[0]!]! : node;
}
