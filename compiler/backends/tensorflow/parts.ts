// Splits the rows of a Graph into two parts that TensorFlow can compute side by side. TensorFlow distributes
// the nodes of a graph over its threads, but a training step is mostly one long chain of nodes. Two parts
// give two chains, which join only at values that are known once. The result is that of the whole batch,
// except for rounding.

import { rewrite } from "../../middle/builder/rewrite.ts";
import { validate } from "../../middle/builder/validate.ts";
import { definitionIn } from "../../middle/graph/define-op.ts";
import type { Node, ValidGraph } from "../../middle/graph/graph.ts";
import {
  type EachRows,
  type ElementsRows,
  perOf,
  type Rows,
  type StepsRows,
} from "../../middle/graph/types.ts";
import { ops } from "../../middle/ops/registry.ts";
import { scalar } from "../../middle/ops/support/gradients.ts";
import { readsOtherRows } from "../contract/batch-parts.ts";

/** Tells whether rows belong to examples, which can be divided. */
export function isSplit(rows: Rows): rows is EachRows | StepsRows | ElementsRows {
  return rows.kind !== "once" && rows.kind !== "table" && perOf(rows) === "example";
}

/** Tells whether a node's value depends on its rows. */
export function readsRows({ inputs, attributes }: Node, nodes: readonly Node[]): boolean {
  if (inputs.some((input) => isSplit(nodes[input]!.type.rows))) return true;
  return "rows" in attributes && isSplit(attributes.rows);
}

/**
 * `graph` in a form whose rows can be computed in parts: no row reads another one, and results over all rows
 * are combined from results over parts. Null if there is no such form.
 */
export function inParts(graph: ValidGraph): ValidGraph | null {
  const summed = validate(meansAsSums(graph));
  const { nodes } = summed;
  const can = nodes.every((node) => {
    if (isSplit(node.type.rows)) return !mixesRows(node, nodes);
    return definitionIn(ops, node.op).sumOverParts === true || !readsRows(node, nodes);
  });
  return can ? summed : null;
}

/** Tells whether rows read other rows through an input. */
function mixesRows(node: Node, nodes: readonly Node[]): boolean {
  if (node.op === "log_partition" || node.op === "log_partition_gradient")
    return isSplit(nodes[node.inputs[1]!]!.type.rows);
  return node.op === "input" && readsOtherRows(node.attributes.role);
}

/** The mean of a batch is its sum divided by its size, or the moving average if the batch has no rows. */
function meansAsSums(graph: ValidGraph) {
  return rewrite(graph, ({ op, origin, inputs: [x] }, [rows, moving], builder) => {
    if (op !== "batch_mean") return null;
    const count = builder.add("count_rows", [], { rows: graph.nodes[x!]!.type.rows }, origin);
    const divisor = builder.add("maximum", [count, scalar(builder, 1, count)], {}, origin);
    const mean = builder.add("divide", [builder.add("sum_rows", [rows!], {}, origin), divisor], {}, origin);
    const isNone = builder.add("equal", [count, scalar(builder, 0, count)], {}, origin);
    return builder.add("add", [mean, builder.add("multiply", [moving!, isNone], {}, origin)], {}, origin);
  });
}
