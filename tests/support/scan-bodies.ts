// Bodies of recurrences, of any width: one that multiplies its state by weights, one that is gated.

import type { BodyNode, ScanBody } from "../../compiler/middle/graph/attributes.ts";
import { ONCE, type Rows, type TensorType } from "../../compiler/middle/graph/types.ts";
import { STEP } from "../../compiler/middle/ops/support/scan-body.ts";

const body = (rows: Rows, ...dims: number[]): TensorType => ({ rows, dims, dtype: "f32" });
const node = (op: BodyNode["op"], inputs: number[], attributes: object = {}) =>
  ({ op, inputs, attributes }) as BodyNode;

/** tanh(h U + x) */
export function elman(width: number): ScanBody {
  return {
    inputs: [body(STEP, width), body(STEP, width), body(ONCE, width, width)],
    nodes: [node("matmul", [0, 2], { transpose: false }), node("add", [3, 1]), node("tanh", [4])],
    result: 5,
  };
}

/** h + g · (tanh(h + c + b) − h): g of each step, c of each row, b once. */
export function gated(width: number): ScanBody {
  return {
    inputs: [body(STEP, width), body(STEP, 1), body(STEP, width), body(ONCE, width)],
    nodes: [
      node("add", [0, 2]),
      node("add", [4, 3]),
      node("tanh", [5]),
      node("subtract", [6, 0]),
      node("multiply", [7, 1]),
      node("add", [0, 8]),
    ],
    result: 9,
  };
}
