// ONNX lowerings of the sources of a network: inputs, parameters, tables, constants.

import { sizeOf } from "../../../middle/graph/types.ts";
import type { OnnxLowerings } from "../lowering.ts";
import * as onnx from "../nodes.ts";

export const sources = {
  input: (emit, _, { attributes, output: { rows } }) => {
    if (attributes.role.kind !== "candidates" || rows.kind !== "steps") return emit.input(attributes.name);
    // The candidates of a request are all of them, in order.
    const all = onnx.toIds(emit, onnx.range(emit, emit.stepCount(rows)));
    const view = onnx.stepView(emit, rows);
    return rows.per === "request" ? all : view.packed(view.repeated(all, []), []);
  },
  parameter: (emit, _, { attributes }) => emit.parameter(attributes.name),
  table: (emit, _, { attributes }) => emit.table(attributes.name),
  constant: (emit, _, { attributes: { value, dims } }) =>
    emit.floats(new Array<number>(sizeOf(dims)).fill(value), dims),
} satisfies Partial<OnnxLowerings>;
