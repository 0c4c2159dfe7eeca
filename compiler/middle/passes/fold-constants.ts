// Computes at compile time the nodes that depend on constants alone.

import type { GraphBuilder } from "../builder/builder.ts";
import { rewrite } from "../builder/rewrite.ts";
import { definitionIn } from "../graph/define-op.ts";
import type { Graph, Node, NodeId } from "../graph/graph.ts";
import { exampleLayout } from "../graph/layout.ts";
import { expectOp } from "../graph/narrow.ts";
import { sizeOf } from "../graph/types.ts";
import { ops } from "../ops/registry.ts";
import { sameType } from "../ops/support/shapes.ts";

/**
 * A node whose inputs are all constants becomes a constant if all of its numbers are equal and finite. These
 * become x: x·1, x/1, x + 0, x − 0, a full slice, all items of a list in their order, an empty pad, a reshape
 * to the same dims, and a concat of one value. A constant factor moves before a broadcast.
 */
export function foldConstants(graph: Graph): Graph {
  return rewrite(
    graph,
    (node, inputs, builder) =>
      folded(node, inputs, builder) ??
      neutral(node, inputs, builder) ??
      beforeBroadcast(node, inputs, builder),
  );
}

function folded(node: Node, inputs: readonly NodeId[], builder: GraphBuilder): NodeId | null {
  if (inputs.length === 0 || !inputs.every((input) => builder.node(input).op === "constant")) return null;
  const definition = definitionIn(ops, node.op);
  const types = inputs.map((input) => builder.typeOf(input));
  const output = definition.shape(types, node.attributes);
  if (output.rows.kind !== "once") return null;
  const layout = exampleLayout({ examples: 0, lengths: {}, tables: {} });
  const values = inputs.map((input, i) => {
    const { value } = expectOp(builder.node(input), "constant").attributes;
    return new Float64Array(sizeOf(types[i]!.dims)).fill(value);
  });
  const result = definition.reference(values, { attributes: node.attributes, inputs: types, output }, layout);
  const [value] = result;
  if (value === undefined || !Number.isFinite(value) || result.some((other) => other !== value)) return null;
  return builder.add("constant", [], { value, dims: output.dims }, node.origin);
}

/** The input that the node leaves unchanged; null if there is none. */
function neutral(node: Node, inputs: readonly NodeId[], builder: GraphBuilder): NodeId | null {
  const candidate = unchanged(node, inputs, builder);
  return candidate !== null && sameType(builder.typeOf(candidate), node.type) ? candidate : null;
}

function unchanged(node: Node, inputs: readonly NodeId[], builder: GraphBuilder): NodeId | null {
  const [x, y] = inputs as readonly [NodeId, NodeId];
  const is = (id: NodeId, value: number) => {
    const { op, attributes } = builder.node(id);
    return op === "constant" && attributes.value === value;
  };
  switch (node.op) {
    case "multiply":
      return is(y, 1) ? x : is(x, 1) ? y : null;
    case "add":
      return is(y, 0) ? x : is(x, 0) ? y : null;
    case "divide":
      return is(y, 1) ? x : null;
    case "subtract":
      return is(y, 0) ? x : null;
    case "concat":
      return inputs.length === 1 ? x : null;
    case "gather_list":
      return node.attributes.indices.every((index, i) => index === i) ? x : null;
    // These change nothing if their type is that of their input.
    case "slice":
    case "pad":
    case "reshape":
    case "broadcast_like":
      return x;
    default:
      return null;
  }
}

/** broadcast_like(x) · c is broadcast_like(x · c). */
function beforeBroadcast(node: Node, inputs: readonly NodeId[], builder: GraphBuilder): NodeId | null {
  if (node.op !== "multiply") return null;
  const [broadcast, constant] = inputs.map((input) => builder.node(input));
  if (broadcast?.op !== "broadcast_like" || constant?.op !== "constant") return null;
  const [x, like] = broadcast.inputs as readonly [NodeId, NodeId];
  const product = builder.add("multiply", [x, constant.id], {}, node.origin);
  return sameType(builder.typeOf(product), builder.typeOf(x))
    ? builder.add("broadcast_like", [product, like], {}, broadcast.origin)
    : null;
}
