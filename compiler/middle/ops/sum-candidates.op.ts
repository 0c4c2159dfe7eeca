// Sums over the candidates of a request: the gradient of `repeat_candidates`.

import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { movedTo } from "./repeat-candidates.op.ts";
import { flopsOfReduction } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { f32, onlyInput } from "./support/shapes.ts";

export const sumCandidates: OpDefinition<NoAttributes> = {
  name: "sum_candidates",
  hashedAs: "fan_in",
  doc: "Sum of x [..] over the candidates, row by row or step by step: the request's rows or steps [..].",
  shape: (inputs) => movedTo("sum_candidates", "candidate", "request", onlyInput("sum_candidates", inputs)),
  reference: ([x], { output }, layout) => {
    const out = filled(output, layout);
    x!.forEach((value, i) => {
      const at = i % out.length;
      out[at] = out[at]! + value;
    });
    return out;
  },
  flops: flopsOfReduction,
  gradient: ({ graph, gradient }) => [graph.add("repeat_candidates", [gradient], {})],
  samples: ({ each, steps }) =>
    each.per !== "candidate"
      ? []
      : [f32(each, [3]), f32(steps, [3]), f32(steps, [2, 3])].map((x) => ({ attributes: {}, inputs: [x] })),
};
