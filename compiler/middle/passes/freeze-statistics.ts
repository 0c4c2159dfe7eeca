// Makes a Graph for inference: nothing in it depends on randomness or on other rows of a batch.

import type { GraphBuilder } from "../builder/builder.ts";
import { rewrite } from "../builder/rewrite.ts";
import type { OpName } from "../graph/attributes.ts";
import { definitionIn } from "../graph/define-op.ts";
import { wholeAxis } from "../graph/derived-axes.ts";
import type { Graph, Node, NodeId } from "../graph/graph.ts";
import { exampleLayout } from "../graph/layout.ts";
import { ONCE } from "../graph/types.ts";
import { isElementwise, operandsOf, ops } from "../ops/registry.ts";
import { hasSteps } from "../ops/support/add-scan.ts";
import { bodyWithout } from "../ops/support/scan-body.ts";
import { sameType } from "../ops/support/shapes.ts";

/**
 * Replaces every batch statistic by its moving average, and removes ops that only training needs, also from the steps of a `scan`. What noise
 * was drawn for is computed from its mean, when compiling where that is possible.
 */
export function freezeStatistics(graph: Graph): Graph {
  const served = new Map<NodeId, number>();
  // After `training-values`, what is drawn stays, and so do crops.
  const isDrawn = graph.nodes.every(({ op }) => op !== "while_training");
  return rewrite(graph, (cropped, inputs, builder) => {
    const node = isDrawn ? cropped : withWholeAxes(cropped);
    switch (node.op) {
      case "resize_steps": {
        const { rows } = builder.typeOf(inputs[0]!);
        if (rows.kind === "steps" && rows.history === node.attributes.history) return inputs[0]!;
        break;
      }
      case "batch_mean":
        return inputs[1]!;
      case "dropout":
      case "stop_gradient":
        return inputs[0]!;
      case "scan": {
        const isLeftOut = (op: OpName) => op === "dropout" || op === "stop_gradient";
        const steps = [...inputs.keys()].filter((place) => hasSteps(builder, inputs[place]!));
        const served = bodyWithout(node.attributes.body, isLeftOut, steps);
        if (served === null) break;
        const { body, read } = served;
        const attributes = { ...node.attributes, body };
        return builder.add(
          "scan",
          read.map((place) => inputs[place]!),
          attributes,
          node.origin,
        );
      }
      case "while_training": {
        const id = inputs[1]!;
        const value = numberIn(builder, id);
        if (value !== null) served.set(id, value);
        return id;
      }
      default:
        break;
    }
    const value = served.size === 0 ? null : folded(node, inputs, builder, served);
    if (value !== null || node === cropped) return value;
    return builder.add(node.op, inputs, node.attributes, node.origin);
  });
}

/** The node along the axes of whole histories. */
function withWholeAxes(node: Node): Node {
  if (node.op === "input") {
    const { type } = node.attributes;
    const { rows } = type;
    if (rows.kind !== "steps" || wholeAxis(rows.history) === rows.history) return node;
    const whole = { ...type, rows: { ...rows, history: wholeAxis(rows.history) } };
    return { ...node, attributes: { ...node.attributes, type: whole } };
  }
  if (!("history" in node.attributes)) return node;
  const { history } = node.attributes;
  const whole = wholeAxis(history);
  return whole === history ? node : ({ ...node, attributes: { ...node.attributes, history: whole } } as Node);
}

/** The number that all numbers of a constant are, repeated or with zeros added; null for other values. */
function numberIn(builder: GraphBuilder, id: NodeId): number | null {
  const { op, attributes, inputs } = builder.node(id);
  if (op === "constant") return attributes.value;
  if (op === "broadcast_like") return numberIn(builder, inputs[0]!);
  if (op !== "add" || numberIn(builder, inputs[1]!) !== 0) return null;
  return numberIn(builder, inputs[0]!);
}

/** A node that computes from numbers in `served`, without them; null if that is impossible. */
function folded(
  node: Node,
  inputs: readonly NodeId[],
  builder: GraphBuilder,
  served: Map<NodeId, number>,
): NodeId | null {
  if (!inputs.some((id) => served.has(id))) return null;
  const type = definitionIn(ops, node.op).shape(
    inputs.map((id) => builder.typeOf(id)),
    node.attributes,
  );
  const whole = (id: NodeId | undefined) =>
    id !== undefined && sameType(builder.typeOf(id), type) ? id : null;
  const [first, second, third] = inputs;
  const at = (id: NodeId) => served.get(id) ?? numberIn(builder, id);
  if (node.op === "choose" && served.has(first!)) return whole(served.get(first!) === 0 ? third : second);
  if (node.op === "add" && at(second!) === 0) return whole(first);
  if (node.op === "add" && at(first!) === 0) return whole(second);
  const isNothing = node.op === "multiply" && inputs.some((id) => served.get(id) === 0);
  const operands = operandsOf({ op: node.op, inputs }).map(at);
  if (!isNothing && (!isElementwise(node.op) || operands.includes(null))) return null;
  const value = isNothing ? 0 : numberOf(node, operands as readonly number[]);
  const like = inputs.find((id) => whole(id) !== null);
  if (!Number.isFinite(value) || like === undefined) return null;
  const constant = builder.add("constant", [], { value, dims: [...type.dims.slice(0, -1), 1] }, node.origin);
  const repeated = builder.add("broadcast_like", [constant, like], {}, node.origin);
  served.set(repeated, value);
  return repeated;
}

/** The value of an elementwise node of numbers. */
function numberOf(node: Node, operands: readonly number[]): number {
  const type = { rows: ONCE, dims: [1], dtype: "f32" } as const;
  const context = { attributes: node.attributes, inputs: operands.map(() => type), output: type };
  const layout = exampleLayout({ examples: 0, lengths: {}, tables: {} });
  const given = operands.map((each) => Float64Array.of(each));
  return definitionIn(ops, node.op).reference(given, context, layout)[0]!;
}
