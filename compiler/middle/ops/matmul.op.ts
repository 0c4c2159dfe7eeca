// Matrix product of rows and weights: a linear layer.

import { invariant } from "../../common/internal-error.ts";
import type { MatmulAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE, type TensorType } from "../graph/types.ts";
import { numbersIn } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { describeType, f32, inputsOf, requireFloat, splitLast } from "./support/shapes.ts";

export const matmul: OpDefinition<MatmulAttributes> = {
  name: "matmul",
  doc: "x [.., a] times w, once [a, b] (with `transpose` once [b, a]): rows of x [.., b].",
  shape: (inputs, { transpose }) => {
    const [x, w] = inputsOf("matmul", inputs, 2) as readonly [TensorType, TensorType];
    requireFloat("matmul", x, w);
    const misfit = `matmul of ${describeType(x)} and ${describeType(w)}, transpose ${transpose}`;
    invariant(w.rows.kind === "once" && w.dims.length === 2 && x.dims.length > 0, misfit);
    const [inner, outer] = transpose ? [w.dims[1]!, w.dims[0]!] : [w.dims[0]!, w.dims[1]!];
    invariant(x.dims.at(-1) === inner, misfit);
    return f32(x.rows, [...splitLast(x.dims).lead, outer]);
  },
  reference: ([x, w], { attributes, inputs, output: out }, layout) => {
    const inner = splitLast(inputs[0]!.dims).last;
    const outer = splitLast(out.dims).last;
    const values = filled(out, layout);
    for (let i = 0; i < values.length; i++) {
      const from = Math.floor(i / outer) * inner;
      const column = i % outer;
      const [first, stride] = attributes.transpose ? [column * inner, 1] : [column, outer];
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += x![from + k]! * w![first + k * stride]!;
      values[i] = sum;
    }
    return values;
  },
  byRow: true,
  flops: ({ inputs: [x], output: out }, count) => 2 * numbersIn(out, count) * splitLast(x!.dims).last,
  gradient: ({ graph, attributes: { transpose }, inputIds: [x, w], gradient }) => [
    graph.add("matmul", [gradient, w!], { transpose: !transpose }),
    graph.add("contract_rows", transpose ? [gradient, x!] : [x!, gradient], {}),
  ],
  samples: ({ each, steps, table }) =>
    [
      f32(each, [5]),
      f32(steps, [5]),
      f32(ONCE, [5]),
      f32(ONCE, [3, 5]),
      f32(each, [2, 5]),
      f32(steps, [3, 5]),
      f32(table, [5]),
    ].flatMap((x) => [
      { attributes: { transpose: false }, inputs: [x, f32(ONCE, [5, 6])] },
      { attributes: { transpose: true }, inputs: [x, f32(ONCE, [6, 5])] },
    ]),
};

/** Tells whether the tensor has exactly two axes. */
export function isMatrix({ rows, dims }: TensorType): boolean {
  return dims.length === (rows.kind === "once" ? 2 : 1);
}
