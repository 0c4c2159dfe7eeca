// The gradient of the logistic function, which back ends compute in one pass.

import { invariant } from "../../common/internal-error.ts";
import type { NoAttributes } from "../graph/attributes.ts";
import type { ElementwiseDefinition } from "../graph/define-op.ts";
import { ONCE, type TensorType } from "../graph/types.ts";
import { flopsPerOutput } from "./support/flops.ts";
import { scalar } from "./support/gradients.ts";
import { describeType, f32, inputsOf, requireFloat, sameType } from "./support/shapes.ts";

export const sigmoidGradient: ElementwiseDefinition<NoAttributes> = {
  name: "sigmoid_gradient",
  doc: "dy · y · (1 − y), number by number: y is what sigmoid gave, dy is of y's type.",
  shape: (inputs) => {
    const [y, dy] = inputsOf("sigmoid_gradient", inputs, 2) as readonly [TensorType, TensorType];
    requireFloat("sigmoid_gradient", y, dy);
    invariant(sameType(y, dy), `sigmoid_gradient of ${describeType(y)} and ${describeType(dy)}`);
    return y;
  },
  reference: ([y, dy]) => y!.map((value, i) => dy![i]! * value * (1 - value)),
  elementwise: true,
  cheap: true,
  flops: flopsPerOutput(3),
  gradient: ({ graph, inputIds: [y, dy], gradient }) => {
    const twice = graph.add("multiply", [y!, scalar(graph, 2, y!)], {});
    const slope = graph.add("multiply", [dy!, graph.add("subtract", [scalar(graph, 1, y!), twice], {})], {});
    return [graph.add("multiply", [gradient, slope], {}), graph.add("sigmoid_gradient", [y!, gradient], {})];
  },
  samples: ({ each, steps }) =>
    [f32(steps, [5]), f32(each, [2, 3]), f32(ONCE, [4])].map((type) => ({
      attributes: {},
      inputs: [type, type],
    })),
};
