// A recurrence along a list, whose length is known: the nodes of one step once for each element. What depends
// neither on the state nor on the element is there once, weights above all.

import type { NodeBuilder, NodeId } from "../../graph/graph.ts";
import { between } from "./add-scan.ts";

export interface Unrolled {
  /** A source that stands for the state before a step. No output may need it. */
  readonly state: NodeId;
  /** Sources that stand for one element of each list. */
  readonly elements: readonly NodeId[];
  /** The state after a step, made from them. */
  readonly next: NodeId;
  readonly start: NodeId;
}

/** The state after each step, `steps` having the elements of each in the order in which it goes. */
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
