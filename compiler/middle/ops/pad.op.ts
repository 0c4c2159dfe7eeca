// Zeros around a value: the gradient of a slice.

import { invariant } from "../../common/internal-error.ts";
import type { PadAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE } from "../graph/types.ts";
import { noFlops } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { around, axisOf, describeType, f32, onlyInput, requireFloat, withDim } from "./support/shapes.ts";

export const pad: OpDefinition<PadAttributes> = {
  name: "pad",
  doc: "x with `before` zeros before it and `after` zeros after it along `dim` of its dims.",
  shape: (inputs, { dim, before, after }) => {
    const x = onlyInput("pad", inputs);
    requireFloat("pad", x);
    const size = x.dims[dim];
    invariant(
      size !== undefined && before >= 0 && after >= 0,
      `pad ${before} and ${after} along dim ${dim} of ${describeType(x)}`,
    );
    return f32(x.rows, withDim(x.dims, dim, before + size + after));
  },
  reference: ([x], { attributes: { dim, before }, inputs, output: out }, layout) => {
    const { after: inner } = around(out.dims, dim);
    const width = inputs[0]!.dims[dim]! * inner;
    const total = out.dims[dim]! * inner;
    const result = filled(out, layout);
    x!.forEach((value, i) => {
      result[Math.floor(i / width) * total + before * inner + (i % width)] = value;
    });
    return result;
  },
  byRow: true,
  flops: noFlops,
  gradient: ({ graph, attributes: { dim, before }, inputs, gradient }) => [
    graph.add("slice", [gradient], { dim, from: before, to: before + inputs[0]!.dims[dim]! }),
  ],
  samples: ({ each, steps }) => [
    { attributes: { dim: 0, before: 1, after: 2 }, inputs: [f32(steps, [3])] },
    { attributes: { dim: 0, before: 2, after: 1 }, inputs: [f32(steps, [2, 3])] },
    { attributes: { dim: 0, before: 0, after: 2 }, inputs: [f32(each, [2, 3])] },
    { attributes: { dim: 1, before: 2, after: 0 }, inputs: [f32(each, [2, 3])] },
    { attributes: { dim: 0, before: 1, after: 1 }, inputs: [f32(ONCE, [2, 3])] },
  ],
};

export function paddingsOf(
  out: Parameters<typeof axisOf>[0],
  { dim, before, after }: PadAttributes,
): [number, number][] {
  const axis = axisOf(out, dim);
  return Array.from({ length: axisOf(out, out.dims.length) }, (_, i) =>
    i === axis ? [before, after] : [0, 0],
  );
}
