// Part of a value.

import { invariant } from "../../common/internal-error.ts";
import type { SliceAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE, sizeOf } from "../graph/types.ts";
import { noFlops } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { around, describeType, f32, onlyInput, requireFloat, withDim } from "./support/shapes.ts";

export const slice: OpDefinition<SliceAttributes> = {
  name: "slice",
  doc: "The indices `from` … `to` − 1 of x along `dim` of its dims.",
  shape: (inputs, { dim, from, to }) => {
    const x = onlyInput("slice", inputs);
    requireFloat("slice", x);
    const size = x.dims[dim];
    invariant(
      size !== undefined && 0 <= from && from < to && to <= size,
      `slice ${from} … ${to} along dim ${dim} of ${describeType(x)}`,
    );
    return f32(x.rows, withDim(x.dims, dim, to - from));
  },
  reference: ([x], { attributes: { dim, from }, inputs, output: out }, layout) => {
    const { after } = around(out.dims, dim);
    const width = out.dims[dim]! * after;
    const total = inputs[0]!.dims[dim]! * after;
    return filled(out, layout).map((_, i) => x![Math.floor(i / width) * total + from * after + (i % width)]!);
  },
  byRow: true,
  viewFrom: ({ attributes: { dim, from }, output: { rows, dims } }) =>
    rows.kind === "once" && dim === 0 ? from * sizeOf(dims.slice(1)) : null,
  flops: noFlops,
  gradient: ({ graph, attributes: { dim, from, to }, inputs, gradient }) => [
    graph.add("pad", [gradient], { dim, before: from, after: inputs[0]!.dims[dim]! - to }),
  ],
  samples: ({ each, steps }) => [
    { attributes: { dim: 0, from: 1, to: 4 }, inputs: [f32(steps, [5])] },
    { attributes: { dim: 0, from: 0, to: 5 }, inputs: [f32(each, [5])] },
    { attributes: { dim: 0, from: 1, to: 2 }, inputs: [f32(each, [3, 2])] },
    { attributes: { dim: 0, from: 1, to: 3 }, inputs: [f32(steps, [3, 2])] },
    { attributes: { dim: 1, from: 1, to: 3 }, inputs: [f32(each, [3, 4])] },
    { attributes: { dim: 0, from: 2, to: 6 }, inputs: [f32(ONCE, [8, 3])] },
  ],
};
