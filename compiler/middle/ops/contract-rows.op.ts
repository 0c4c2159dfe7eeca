// The gradient of a linear layer's weights.

import { invariant } from "../../common/internal-error.ts";
import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE, rowsKey, sameRows, type TensorType } from "../graph/types.ts";
import { numbersIn } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { describeType, f32, inputsOf, requireFloat, sameDims, splitLast } from "./support/shapes.ts";

export const contractRows: OpDefinition<NoAttributes> = {
  name: "contract_rows",
  hashedAs: "gram",
  doc: "xᵀ y, summed over all rows: x [.., a] and y [.., b] of the same rows give once [a, b].",
  shape: (inputs) => {
    const [x, y] = inputsOf("contract_rows", inputs, 2) as readonly [TensorType, TensorType];
    requireFloat("contract_rows", x, y);
    const misfit = `contract_rows of ${describeType(x)} and ${describeType(y)}`;
    invariant(
      sameRows(x.rows, y.rows) && x.dims.length > 0 && y.dims.length > 0,
      `${misfit} (${rowsKey(x.rows)})`,
    );
    invariant(sameDims(splitLast(x.dims).lead, splitLast(y.dims).lead), misfit);
    return f32(ONCE, [splitLast(x.dims).last, splitLast(y.dims).last]);
  },
  reference: ([x, y], { output: out }, layout) => {
    const [a, b] = out.dims as readonly [number, number];
    const sums = filled(out, layout);
    for (let line = 0; line * a < x!.length; line++)
      for (let i = 0; i < a; i++)
        for (let j = 0; j < b; j++)
          sums[i * b + j] = sums[i * b + j]! + x![line * a + i]! * y![line * b + j]!;
    return sums;
  },
  sumOverParts: true,
  reducesRows: true,
  flops: ({ inputs: [x], output: out }, count) => 2 * numbersIn(x!, count) * out.dims[1]!,
  gradient: ({ graph, inputIds: [x, y], gradient }) => [
    graph.add("matmul", [y!, gradient], { transpose: true }),
    graph.add("matmul", [x!, gradient], { transpose: false }),
  ],
  samples: ({ each, steps }) =>
    [
      [f32(each, [5]), f32(each, [6])],
      [f32(steps, [5]), f32(steps, [6])],
      [f32(each, [2, 5]), f32(each, [2, 6])],
      [f32(steps, [3, 5]), f32(steps, [3, 2])],
      [f32(ONCE, [3, 5]), f32(ONCE, [3, 2])],
      [f32(ONCE, [5]), f32(ONCE, [6])],
    ].map((inputs) => ({ attributes: {}, inputs })),
};
