// TensorFlow lowerings of ops on widths: matrix products, concatenation and slices.

import { isMatrix } from "../../../middle/ops/matmul.op.ts";
import { paddingsOf } from "../../../middle/ops/pad.op.ts";
import { axisOf, splitLast } from "../../../middle/ops/support/shapes.ts";
import type { TensorflowLowerings } from "../lowering.ts";
import { FLOAT, flag, INT, reshape, shapeOf, sum } from "../nodes.ts";

export const widths = {
  matmul: (emit, [x, w], { attributes, inputs, output: out }) => {
    const { rows, dims } = inputs[0]!;
    const multiply = (left: typeof x) =>
      emit.node("MatMul", [left!, w!], {
        T: FLOAT,
        transpose_a: flag(false),
        transpose_b: flag(attributes.transpose),
      });
    if (isMatrix(inputs[0]!)) return multiply(x);
    const product = multiply(reshape(emit, x!, [-1, splitLast(dims).last]));
    return reshape(emit, product, rows.kind === "once" ? out.dims : [-1, ...out.dims]);
  },
  contract_rows: (emit, [x, y], { inputs }) => {
    const [left, right] = [x!, y!].map((value, i) =>
      isMatrix(inputs[i]!) ? value : reshape(emit, value, [-1, splitLast(inputs[i]!.dims).last]),
    );
    return emit.node("MatMul", [left!, right!], {
      T: FLOAT,
      transpose_a: flag(true),
      transpose_b: flag(false),
    });
  },
  concat: (emit, values, { attributes: { dim }, inputs, output: out }) => {
    const parts = values.map((value, i) =>
      inputs[i]!.rows.kind === out.rows.kind
        ? value
        : emit.node("BroadcastTo", [value, shapeOf(emit, out.rows, inputs[i]!.dims)], {
            T: FLOAT,
            Tidx: INT,
          }),
    );
    if (parts.length === 1) return parts[0]!;
    return emit.node("ConcatV2", [...parts, emit.ints([axisOf(out, dim)], [])], {
      N: { kind: "int", value: parts.length },
      T: FLOAT,
      Tidx: INT,
    });
  },
  slice: (emit, [x], { attributes: { dim, from, to }, output: out }) => {
    const axis = axisOf(out, dim);
    const rank = axisOf(out, out.dims.length);
    const along = (chosen: number, other: number) =>
      Array.from({ length: rank }, (_, i) => (i === axis ? chosen : other));
    return emit.node(
      "Slice",
      [x!, emit.ints(along(from, 0), [rank]), emit.ints(along(to - from, -1), [rank])],
      {
        T: FLOAT,
        Index: INT,
      },
    );
  },
  pad: (emit, [x], context) => {
    const paddings = paddingsOf(context.output, context.attributes);
    return emit.node("Pad", [x!, emit.ints(paddings.flat(), [paddings.length, 2])], {
      T: FLOAT,
      Tpaddings: INT,
    });
  },
  reshape: (emit, [x], { output: out }) =>
    reshape(emit, x!, out.rows.kind === "once" ? out.dims : [-1, ...out.dims]),
  sum_width: (emit, [x], { output: out }) => sum(emit, x!, axisOf(out, out.dims.length - 1), true),
} satisfies Partial<TensorflowLowerings>;
