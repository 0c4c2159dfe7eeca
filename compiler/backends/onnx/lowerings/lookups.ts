// ONNX lowerings of ops on rows of tables and on sets.

import { FIRST_KNOWN_ID } from "../../../middle/graph/types.ts";
import { LOWEST } from "../../../middle/ops/support/references.ts";
import type { OnnxLowerings } from "../lowering.ts";
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
  pooled_lookup: (emit, [table, ids, rowOf], { attributes: { pool }, output: out }) => {
    const vectors = onnx.gather(emit, table!, ids!);
    if (pool === "sum") return onnx.scatter(emit, "add", 0, vectors, rowOf!, out);
    return onnx.zeroIfLowest(emit, onnx.scatter(emit, "max", LOWEST, vectors, rowOf!, out));
  },
  count_elements: (emit, [rowOf], { inputs, output: out }) =>
    onnx.scatter(emit, "add", 0, onnx.filled(emit, 1, { ...out, rows: inputs[0]!.rows }), rowOf!, out),
} satisfies Partial<OnnxLowerings>;
