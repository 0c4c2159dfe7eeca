// From candidates back to their request: the way back through `fan_out`.

import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { movedTo } from "./fan-out.op.ts";
import { flopsOfReduction } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { f32, onlyInput } from "./support/shapes.ts";

export const fanIn: OpDefinition<NoAttributes> = {
  name: "fan_in",
  doc: "Sum of x [..] over the candidates, row by row or step by step: the request's rows or steps [..].",
  shape: (inputs) => movedTo("fan_in", "candidate", "request", onlyInput("fan_in", inputs)),
  reference: ([x], { output }, layout) => {
    const out = filled(output, layout);
    x!.forEach((value, i) => {
      const at = i % out.length;
      out[at] = out[at]! + value;
    });
    return out;
  },
  flops: flopsOfReduction,
  gradient: ({ graph, gradient }) => [graph.add("fan_out", [gradient], {})],
  samples: ({ each, steps }) =>
    each.per !== "candidate"
      ? []
      : [f32(each, [3]), f32(steps, [3]), f32(steps, [2, 3])].map((x) => ({ attributes: {}, inputs: [x] })),
};
