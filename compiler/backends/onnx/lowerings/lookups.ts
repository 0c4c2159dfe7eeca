// ONNX lowerings of ops on rows of tables and on sets.

import { FIRST_KNOWN_ID, type Rows } from "../../../middle/graph/types.ts";
import { LOWEST } from "../../../middle/ops/support/references.ts";
import type { OnnxEmitter, OnnxLowerings, OnnxRef } from "../lowering.ts";
import * as onnx from "../nodes.ts";

export const lookups = {
  id_number: (emit, [ids], { attributes: { divisor, modulus, unknown }, output: out }) => {
    const wide = onnx.toWide(emit, ids!);
    const quotient = divisor === 1 ? wide : emit.node("Div", [wide, emit.ints([divisor])]);
    const number = modulus === null ? quotient : emit.node("Mod", [quotient, emit.ints([modulus])]);
    const isUnknown = emit.node("Less", [wide, emit.ints([FIRST_KNOWN_ID])]);
    const chosen = emit.node("Where", [isUnknown, onnx.scalar(emit, unknown), onnx.toFloat(emit, number)]);
    return onnx.reshape(emit, chosen, out);
  },
  lookup: (emit, [table, ids]) => onnx.gather(emit, table!, ids!),
  lookup_gradient: (emit, [dy, ids], { output: out }) => onnx.scatter(emit, "add", 0, dy!, ids!, out),
  pooled_lookup: (emit, [table, ids, rowOf, weights], { attributes: { pool }, output: out }) => {
    const rows = onnx.gather(emit, table!, ids!);
    const vectors = weights === undefined ? rows : emit.node("Mul", [rows, weights]);
    if (pool === "sum") return onnx.scatter(emit, "add", 0, vectors, rowOf!, out);
    return onnx.zeroIfLowest(emit, onnx.scatter(emit, "max", LOWEST, vectors, rowOf!, out));
  },
  listed_lookup: (emit, [table, ids, rowOf], { output: out }) => {
    const [most, width] = out.dims as readonly [number, number];
    const rows = emit.node("Mul", [emit.count(out.rows), emit.ints([most])]);
    const shape = emit.node("Concat", [rows, emit.ints([width])], { axis: onnx.int(0) });
    const zeros = emit.node("Expand", [onnx.scalar(emit, 0), shape]);
    const places = onnx.unsqueeze(emit, placesInLists(emit, rowOf!, out.rows, most), 1);
    const lists = emit.node("ScatterND", [zeros, places, onnx.gather(emit, table!, ids!)]);
    return onnx.reshape(emit, lists, out);
  },
  listed_rows_gradient: (emit, [x, rowOf], { inputs: [type] }) => {
    const [most, width] = type!.dims as readonly [number, number];
    const elements = emit.node("Reshape", [x!, emit.ints([-1, width])]);
    return onnx.gather(emit, elements, placesInLists(emit, rowOf!, type!.rows, most));
  },
  count_elements: (emit, [rowOf], { inputs, output: out }) =>
    onnx.scatter(emit, "add", 0, onnx.filled(emit, 1, { ...out, rows: inputs[0]!.rows }), rowOf!, out),
} satisfies Partial<OnnxLowerings>;

/** The index of each value of a set in the lists of `most` elements of all rows: int64 [elements]. */
function placesInLists(emit: OnnxEmitter, rowOf: OnnxRef, rows: Rows, most: number): OnnxRef {
  const row = onnx.toWide(emit, rowOf);
  const elements = emit.node("Shape", [row]);
  const ones = emit.node("Expand", [emit.ints([1]), elements]);
  const none = emit.node("Expand", [emit.ints([0]), emit.count(rows)]);
  const sizes = emit.node("ScatterElements", [none, row, ones], {
    axis: onnx.int(0),
    reduction: { kind: "string", value: "add" },
  });
  const ends = emit.node("CumSum", [sizes, emit.node("Squeeze", [emit.ints([0])])]);
  const left = emit.node("Sub", [onnx.gather(emit, ends, row), onnx.range(emit, elements)]);
  const end = emit.node("Mul", [emit.node("Add", [row, emit.ints([1])]), emit.ints([most])]);
  return emit.node("Sub", [end, left]);
}
