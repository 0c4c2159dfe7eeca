// Steps in another order: that of their times, or those that are kept after all others.

import { invariant } from "../../common/internal-error.ts";
import type { SortStepsAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { sameRows, sizeOf, type TensorType } from "../graph/types.ts";
import { stepsOf } from "./repeat.op.ts";
import { flopsOfReduction } from "./support/flops.ts";
import { filled, stepsByRow } from "./support/references.ts";
import { describeType, f32, inputsOf, requireFloat } from "./support/shapes.ts";

export const sortSteps: OpDefinition<SortStepsAttributes> = {
  name: "sort_steps",
  doc: "The steps of x [..] in each row by their keys [k], ascending: by the first number, then by the second, …; equal ones keep their order. With `inverse`, the other way: the sorted steps back to where their keys are: steps [..].",
  shape: (inputs) => {
    const [x, keys] = inputsOf("sort_steps", inputs, 2) as readonly [TensorType, TensorType];
    requireFloat("sort_steps", x, keys);
    const fits = sameRows(stepsOf(x), keys.rows) && keys.dims.length === 1;
    invariant(fits, `sort_steps of ${describeType(x)} by ${describeType(keys)}`);
    return x;
  },
  reference: ([x, keys], { attributes: { inverse }, inputs, output: out }, layout) => {
    const size = sizeOf(out.dims);
    const width = sizeOf(inputs[1]!.dims);
    const result = filled(out, layout);
    const keyOf = (step: number) => keys!.subarray(step * width, (step + 1) * width);
    for (const steps of stepsByRow(stepsOf(out), layout)) {
      const sorted = steps.toSorted((a, b) => compare(keyOf(a), keyOf(b)));
      steps.forEach((step, i) => {
        const [from, to] = inverse ? [step, sorted[i]!] : [sorted[i]!, step];
        result.set(x!.subarray(from * size, (from + 1) * size), to * size);
      });
    }
    return result;
  },
  flops: flopsOfReduction,
  gradient: ({ graph, attributes: { inverse }, inputIds, gradient }) => [
    graph.add("sort_steps", [gradient, inputIds[1]!], { inverse: !inverse }),
    null,
  ],
  samples: ({ steps }) =>
    [false, true].flatMap((inverse) =>
      [
        [f32(steps, [3]), f32(steps, [1])],
        [f32(steps, [1]), f32(steps, [2])],
        [f32(steps, [2, 3]), f32(steps, [1])],
      ].map((inputs) => ({ attributes: { inverse }, inputs })),
    ),
};

function compare(a: Float64Array, b: Float64Array): number {
  const differing = a.findIndex((value, i) => value !== b[i]);
  return differing < 0 ? 0 : a[differing]! - b[differing]!;
}
