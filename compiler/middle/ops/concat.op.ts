// Values side by side.

import { invariant } from "../../common/internal-error.ts";
import type { ConcatAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE } from "../graph/types.ts";
import { noFlops } from "./support/flops.ts";
import { reduceTo } from "./support/gradients.ts";
import { filled } from "./support/references.ts";
import { around, describeType, f32, joinRows, requireFloat, sameDims, withDim } from "./support/shapes.ts";

export const concat: OpDefinition<ConcatAttributes> = {
  name: "concat",
  doc: "Values side by side along `dim` of their dims. Rows equal, or once, which every row then gets.",
  shape: (inputs, { dim }) => {
    requireFloat("concat", ...inputs);
    const first = inputs[0];
    invariant(first && dim >= 0 && dim < first.dims.length, `concat along dim ${dim}`);
    const rows = joinRows(
      "concat",
      inputs.map((x) => x.rows),
    );
    let size = 0;
    for (const x of inputs) {
      const fits =
        x.dims.length === first.dims.length && sameDims(withDim(x.dims, dim, 0), withDim(first.dims, dim, 0));
      invariant(fits, `concat along dim ${dim} of ${describeType(first)} and ${describeType(x)}`);
      size += x.dims[dim]!;
    }
    return f32(rows, withDim(first.dims, dim, size));
  },
  reference: (values, { attributes: { dim }, inputs, output: out }, layout) => {
    const result = filled(out, layout);
    const { before, after } = around(out.dims, dim);
    const lines = layout.count(out.rows) * before;
    const total = out.dims[dim]! * after;
    for (let line = 0; line < lines; line++) {
      let at = line * total;
      values.forEach((value, i) => {
        const size = inputs[i]!.dims[dim]! * after;
        const from = inputs[i]!.rows.kind === "once" ? line % before : line;
        result.set(value.subarray(from * size, (from + 1) * size), at);
        at += size;
      });
    }
    return result;
  },
  byRow: true,
  flops: noFlops,
  gradient: ({ graph, attributes: { dim }, inputs, gradient }) => {
    let from = 0;
    return inputs.map((x) => {
      const to = from + x.dims[dim]!;
      const part = graph.add("slice", [gradient], { dim, from, to });
      from = to;
      return reduceTo(graph, part, x);
    });
  },
  samples: ({ each, steps }) => [
    { attributes: { dim: 0 }, inputs: [f32(steps, [3]), f32(steps, [1]), f32(steps, [4])] },
    { attributes: { dim: 0 }, inputs: [f32(each, [3]), f32(ONCE, [2])] },
    { attributes: { dim: 0 }, inputs: [f32(each, [2, 3]), f32(each, [1, 3]), f32(ONCE, [2, 3])] },
    { attributes: { dim: 1 }, inputs: [f32(each, [2, 3]), f32(each, [2, 1])] },
    { attributes: { dim: 1 }, inputs: [f32(steps, [2, 3]), f32(ONCE, [2, 2])] },
    { attributes: { dim: 0 }, inputs: [f32(ONCE, [2, 3]), f32(ONCE, [4, 3])] },
    { attributes: { dim: 1 }, inputs: [f32(ONCE, [2, 3]), f32(ONCE, [2, 2])] },
    { attributes: { dim: 0 }, inputs: [f32(each, [3])] },
  ],
};
