// Whether native TensorFlow trains a model faster than WebAssembly that is made for it. TensorFlow computes
// products of matrices two to three times as fast, with vectors of 512 bits. All else is faster in
// WebAssembly: what lies between products is one loop there, and each op of TensorFlow takes some
// microseconds, however little it does.

import { definitionIn } from "../../middle/graph/define-op.ts";
import type { Graph, Node } from "../../middle/graph/graph.ts";
import { historyOf, shiftedLength } from "../../middle/graph/shifted-axes.ts";
import type { Rows } from "../../middle/graph/types.ts";
import { ops } from "../../middle/ops/registry.ts";

/**
 * Operations in products, of an example, that TensorFlow computes sooner by as much as it loses by each op of
 * the step, and by each operation beside products. Measured on 2026-11-27 on two quiet cores of an AMD EPYC
 * with Node 20, in whole trainings with batches of 256: WebAssembly is 1.23 times as fast for DIN and 1.22
 * times for layers of 200 and 80 units; both are even at two layers of 150 units; TensorFlow is 1.5 times as
 * fast at two of 200, and 1.34 times for DIN in twice its size. Multiply-adds of Node 22 and later make
 * WebAssembly's products faster, so that near the limit it wins there; either is then at most a third slower
 * than the other.
 */
const PRODUCTS_PER_OP = 1400;
const PRODUCTS_PER_OPERATION = 8;

/** Of each history: only data tell how many steps there are. */
const STEPS = 12;

/** The rule in words. */
export const largeProducts = `matrix products are large: more than ${PRODUCTS_PER_OP} of their operations for each op of the step and ${PRODUCTS_PER_OPERATION} for each other operation, as with two dense layers of 200 units, or DIN in twice its size`;

export function hasLargeProducts(step: Graph): boolean {
  let [products, others] = [0, 0];
  for (const node of step.nodes) {
    const flops = flopsOf(step, node);
    if (node.op === "matmul" || node.op === "contract_rows") products += flops;
    // Values that a batch has once cost little beside those of its examples.
    else if (node.type.rows.kind !== "once" || node.op === "sum_rows") others += flops;
  }
  return products > PRODUCTS_PER_OP * step.nodes.length + PRODUCTS_PER_OPERATION * others;
}

function flopsOf(step: Graph, node: Node): number {
  const inputs = node.inputs.map((id) => step.nodes[id]!.type);
  return definitionIn(ops, node.op).flops({ attributes: node.attributes, inputs, output: node.type }, count);
}

/** Rows of one example. */
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
      return shiftedLength(STEPS, historyOf(rows.history).shift);
  }
}
