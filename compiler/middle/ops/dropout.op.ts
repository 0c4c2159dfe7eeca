// Dropout. The noise is an input, so every back end drops the same numbers.

import { invariant } from "../../common/internal-error.ts";
import type { DropoutAttributes } from "../graph/attributes.ts";
import type { ElementwiseDefinition } from "../graph/define-op.ts";
import type { TensorType } from "../graph/types.ts";
import { flopsPerOutput } from "./support/flops.ts";
import { describeType, f32, inputsOf, requireFloat, sameType } from "./support/shapes.ts";

export const dropout: ElementwiseDefinition<DropoutAttributes> = {
  name: "dropout",
  doc: "x / (1 − rate) where noise ≥ rate, else 0; both [..], of the same rows. `freeze-statistics` makes it x.",
  shape: (inputs, { rate }) => {
    const [x, noise] = inputsOf("dropout", inputs, 2) as readonly [TensorType, TensorType];
    requireFloat("dropout", x, noise);
    invariant(sameType(x, noise), `dropout of ${describeType(x)} by noise ${describeType(noise)}`);
    invariant(0 <= rate && rate < 1, `dropout of a share of ${rate}`);
    return x;
  },
  reference: ([x, noise], { attributes: { rate } }) =>
    x!.map((value, i) => (noise![i]! >= rate ? value / (1 - rate) : 0)),
  elementwise: true,
  cheap: true,
  flops: flopsPerOutput(2),
  // The gradient is the same op: dropped numbers get no gradient, and the others are scaled.
  gradient: ({ graph, inputIds, attributes, gradient }) => [
    graph.add("dropout", [gradient, inputIds[1]!], attributes),
    null,
  ],
  samples: ({ each, steps }) =>
    [f32(steps, [5]), f32(each, [1]), f32(each, [2, 3])].flatMap((x) =>
      [{ rate: 0 }, { rate: 0.25 }, { rate: 0.25, whole: true as const }].map((attributes) => ({
        ...{ attributes, inputs: [x, x], range: [-1, 1] as const },
      })),
    ),
};
