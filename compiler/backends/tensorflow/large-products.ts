// Decides whether native TensorFlow trains a model faster than the WebAssembly made for it. TensorFlow
// computes matrix products two to three times as fast, with 512-bit vectors. Everything else is faster in
// WebAssembly: the ops between products are one loop there, but each op of TensorFlow takes some
// microseconds, however small it is.

import { definitionIn } from "../../middle/graph/define-op.ts";
import { stepsAlong } from "../../middle/graph/derived-axes.ts";
import type { Graph, Node } from "../../middle/graph/graph.ts";
import type { Rows } from "../../middle/graph/types.ts";
import { ops } from "../../middle/ops/registry.ts";

/**
 * The operations in products, per example, at which TensorFlow's gain equals its loss for each op of the
 * step, and for each operation outside products. Measured on 2026-11-27 on two quiet cores of an AMD EPYC
 * with Node 20, in whole trainings with batches of 256: WebAssembly is 1.23 times as fast for DIN and 1.22
 * times for layers of 200 and 80 units; they are equally fast for two layers of 150 units; TensorFlow is 1.5
 * times as fast for two layers of 200, and 1.34 times for DIN of twice the size. In Node 22 and later, fused
 * multiply-adds make WebAssembly's products faster, so it wins near the limit; the other is then at most a
 * third slower.
 */
const PRODUCTS_PER_OP = 1400;
const PRODUCTS_PER_OPERATION = 8;

/** The assumed number of steps of a history; only data determine it. */
const STEPS = 12;

/** The rule in words. */
export const largeProducts = `matrix products are large: they take more than ${PRODUCTS_PER_OP} operations for each op of the step and ${PRODUCTS_PER_OPERATION} for each other operation, as with two dense layers of 200 units, or in DIN at twice its size`;

export function hasLargeProducts(step: Graph): boolean {
  let [products, others] = [0, 0];
  for (const node of step.nodes) {
    const flops = flopsOf(step, node);
    if (node.op === "matmul" || node.op === "contract_rows") products += flops;
    // Values that a batch has only once cost little compared with those of its examples.
    else if (node.type.rows.kind !== "once" || node.op === "sum_rows") others += flops;
  }
  return products > PRODUCTS_PER_OP * step.nodes.length + PRODUCTS_PER_OPERATION * others;
}

function flopsOf(step: Graph, node: Node): number {
  const inputs = node.inputs.map((id) => step.nodes[id]!.type);
  return definitionIn(ops, node.op).flops({ attributes: node.attributes, inputs, output: node.type }, count);
}

/** The rows of one example. */
function count(rows: Rows): number {
  switch (rows.kind) {
    case "once":
    case "each":
      return 1;
    case "table":
      return 0;
    case "elements":
      return count(rows.of);
    case "steps":
      return stepsAlong(rows.history, () => STEPS);
  }
}
