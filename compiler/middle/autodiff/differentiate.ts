// Reverse-mode differentiation of a Graph by the ops' gradient rules. The gradients are nodes of the same
// Graph, so forward, backward and optimizer are one program.

import { invariant } from "../../common/internal-error.ts";
import { GraphBuilder } from "../builder/builder.ts";
import { type Differentiation, definitionIn } from "../graph/define-op.ts";
import type { Node, NodeBuilder, NodeId } from "../graph/graph.ts";
import { ops } from "../ops/registry.ts";
import { describeType, sameType } from "../ops/support/shapes.ts";

/** Lets an op differentiate its own body. */
export const differentiation: Differentiation = { scratch: () => new GraphBuilder(), pullBack };

/**
 * Adds ∂loss/∂w for each node of `wrt`, of that node's type; zeros if no path leads from it to the loss.
 * `loss` is one number, once. Rules give gradients for all inputs of a node; unused ones are dead nodes
 * afterwards.
 */
export function differentiate(
  builder: NodeBuilder,
  loss: NodeId,
  wrt: readonly NodeId[],
): ReadonlyMap<NodeId, NodeId> {
  const { type } = builder.node(loss);
  invariant(
    type.rows.kind === "once" && type.dims.every((dim) => dim === 1),
    `the loss is ${describeType(type)}, not one number`,
  );
  return pullBack(builder, loss, builder.add("constant", [], { value: 1, dims: type.dims }), wrt);
}

/**
 * Like `differentiate`, but the loss is the sum of the numbers of `value`, each times that of `cotangent`,
 * which has the same type.
 */
export function pullBack(
  builder: NodeBuilder,
  value: NodeId,
  cotangent: NodeId,
  wrt: readonly NodeId[],
): ReadonlyMap<NodeId, NodeId> {
  const needed = nodesBetween(builder, value, wrt);
  const gradients = new Map<NodeId, NodeId>();
  gradients.set(value, cotangent);
  for (const id of needed) {
    const gradient = gradients.get(id);
    if (gradient === undefined) continue;
    const node = builder.node(id);
    const parts = gradientsOfInputs(builder, node, gradient);
    node.inputs.forEach((input, i) => {
      const part = parts[i] ?? null;
      if (part === null) return;
      const sum = gradients.get(input);
      gradients.set(input, sum === undefined ? part : builder.add("add", [sum, part], {}, node.origin));
    });
  }
  return new Map(wrt.map((id) => [id, gradients.get(id) ?? zerosLike(builder, id)]));
}

/**
 * Nodes between `wrt` and the value: they depend on one of `wrt`, and the value depends on them. The value
 * comes first.
 */
function nodesBetween(builder: NodeBuilder, value: NodeId, wrt: readonly NodeId[]): NodeId[] {
  const dependent = new Set<NodeId>(wrt);
  const ids = Array.from({ length: value + 1 }, (_, i) => i as NodeId);
  for (const id of ids) if (builder.node(id).inputs.some((input) => dependent.has(input))) dependent.add(id);
  const leading = new Set<NodeId>([value]);
  const between: NodeId[] = [];
  for (const id of ids.toReversed()) {
    if (!leading.has(id)) continue;
    if (dependent.has(id)) between.push(id);
    for (const input of builder.node(id).inputs) leading.add(input);
  }
  return between;
}

function gradientsOfInputs(builder: NodeBuilder, node: Node, gradient: NodeId): readonly (NodeId | null)[] {
  const definition = definitionIn(ops, node.op);
  const inputs = node.inputs.map((input) => builder.typeOf(input));
  invariant(definition.gradient, `${node.op} occurs in gradients only`);
  const parts = definition.gradient({
    attributes: node.attributes,
    inputs,
    output: node.type,
    graph: builder,
    inputIds: node.inputs,
    outputId: node.id,
    gradient,
    differentiation,
  });
  parts.forEach((part, i) => {
    if (part === null) return;
    const type = builder.typeOf(part);
    invariant(
      sameType(type, inputs[i]!),
      `the gradient of ${node.op} by input ${i} is ${describeType(type)}, not ${describeType(inputs[i]!)}`,
    );
  });
  return parts;
}

function zerosLike(builder: NodeBuilder, id: NodeId): NodeId {
  const { rows, dims } = builder.typeOf(id);
  const zeros = builder.add("constant", [], { value: 0, dims });
  return rows.kind === "once" ? zeros : builder.add("broadcast_like", [zeros, id], {});
}
