// Removes the drawing of unused noise. If a network reads only the last step of a noise, one step is drawn for each example.

import { appendTo } from "../../common/maps.ts";
import { rewrite } from "../builder/rewrite.ts";
import type { Graph, Node, NodeId } from "../graph/graph.ts";
import { neededNodes } from "../graph/needed.ts";
import { eachOf } from "../ops/support/shapes.ts";

/**
 * Noise that only `last_step` reads becomes noise of the examples, which is equally random but needs fewer
 * numbers.
 */
export function lastNoiseAlone(graph: Graph): Graph {
  const nodes = neededNodes(graph);
  const readers = new Map<NodeId, Node[]>();
  for (const node of nodes) for (const input of node.inputs) appendTo(readers, input, node);
  const drawn = new Set<NodeId>();
  return rewrite({ ...graph, nodes }, (node, inputs, builder) => {
    if (node.op === "last_step" && drawn.has(inputs[0]!)) return inputs[0]!;
    const { id, type, op } = node;
    const own = readers.get(id) ?? [];
    if (op !== "input" || type.rows.kind !== "steps" || own.length === 0) return null;
    const { attributes } = node;
    if (attributes.role.kind !== "noise" || own.some((reader) => reader.op !== "last_step")) return null;
    const ofExamples = { ...attributes, type: { ...type, rows: eachOf(type.rows) } };
    const made = builder.add("input", [], ofExamples, node.origin);
    drawn.add(made);
    return made;
  });
}
