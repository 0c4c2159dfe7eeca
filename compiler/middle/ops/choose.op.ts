// Chooses one of two values, number by number, according to a third.

import type { NoAttributes } from "../graph/attributes.ts";
import type { ElementwiseDefinition } from "../graph/define-op.ts";
import { ONCE } from "../graph/types.ts";
import { flopsPerOutput } from "./support/flops.ts";
import { reduceTo, scalar } from "./support/gradients.ts";
import { broadcastValue } from "./support/references.ts";
import { f32, inputsOf, joinDims, joinRows, requireFloat } from "./support/shapes.ts";

export const choose: ElementwiseDefinition<NoAttributes> = {
  name: "choose",
  doc: "x where c is not 0, else y. What is not taken gives nothing, not even NaN, and gets no gradient. Rows equal or once; dims equal, or the last is 1.",
  shape: (inputs) => {
    const [c, x, y] = inputsOf("choose", inputs, 3);
    requireFloat("choose", c!, x!, y!);
    const dims = joinDims("choose", joinDims("choose", c!.dims, x!.dims), y!.dims);
    return f32(joinRows("choose", [c!.rows, x!.rows, y!.rows]), dims);
  },
  reference: (values, context, layout) => {
    const [c, x, y] = values.map((value, i) =>
      broadcastValue(value, context.inputs[i]!, context.output, layout),
    );
    return c!.map((condition, i) => (condition === 0 ? y![i]! : x![i]!));
  },
  cheap: true,
  inPlace: true,
  flops: flopsPerOutput(1),
  elementwise: true,
  gradient: ({ graph, inputs, inputIds: [c], outputId, gradient }) => {
    const nothing = scalar(graph, 0, outputId);
    const dx = graph.add("choose", [c!, gradient, nothing], {});
    const dy = graph.add("choose", [c!, nothing, gradient], {});
    return [null, reduceTo(graph, dx, inputs[1]!), reduceTo(graph, dy, inputs[2]!)];
  },
  samples: ({ each, steps, table }) =>
    [
      [f32(steps, [5]), f32(steps, [5]), f32(steps, [5])],
      [f32(steps, [1]), f32(steps, [5]), f32(ONCE, [5])],
      [f32(each, [5]), f32(ONCE, [1]), f32(each, [1])],
      [f32(ONCE, [5]), f32(each, [5]), f32(ONCE, [5])],
      [f32(each, [1]), f32(ONCE, [1]), f32(ONCE, [5])],
      [f32(each, [2, 3]), f32(each, [2, 1]), f32(ONCE, [2, 3])],
      [f32(ONCE, [2, 1]), f32(steps, [2, 3]), f32(steps, [2, 1])],
      [f32(ONCE, [4]), f32(ONCE, [4]), f32(ONCE, [1])],
      [f32(ONCE, [1]), f32(table, [4]), f32(ONCE, [4])],
    ].map((inputs) => ({ attributes: {}, inputs, range: [-1, 1], whole: true })),
};
