// Unrolls a recurrence along a list of known length: the nodes of one step are repeated for each element.
// Values that depend neither on the state nor on the element, above all weights, are shared.

import type { NodeBuilder, NodeId } from "../../graph/graph.ts";
import { between } from "./add-scan.ts";

export interface Unrolled {
  /** A source that represents the state before a step. No output may depend on it. */
  readonly state: NodeId;
  /** Sources that represent one element of each list. */
  readonly elements: readonly NodeId[];
  /** The state after a step, computed from `state` and `elements`. */
  readonly next: NodeId;
  readonly start: NodeId;
}

/** The state after each step. `steps` has the elements of each step, in the order of the recurrence. */
export function addUnrolled(
  graph: NodeBuilder,
  { state, elements, next, start }: Unrolled,
  steps: readonly (readonly NodeId[])[],
): NodeId[] {
  const inside = between(graph, [state, ...elements], next).map((id) => graph.node(id));
  let before = start;
  return steps.map((given) => {
    const now = new Map<NodeId, NodeId>([[state, before]]);
    elements.forEach((element, i) => {
      now.set(element, given[i]!);
    });
    for (const { id, op, inputs, attributes, origin } of inside)
      now.set(
        id,
        graph.add(
          op,
          inputs.map((input) => now.get(input) ?? input),
          attributes,
          origin,
        ),
      );
    before = now.get(next) ?? next;
    return before;
  });
}
