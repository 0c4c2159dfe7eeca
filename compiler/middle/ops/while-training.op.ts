// A value that is one thing while training and another in predictions, such as noise and its mean.

import { invariant } from "../../common/internal-error.ts";
import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE, type TensorType } from "../graph/types.ts";
import { noFlops } from "./support/flops.ts";
import { describeType, f32, inputsOf, requireFloat, sameType } from "./support/shapes.ts";

export const whileTraining: OpDefinition<NoAttributes> = {
  name: "while_training",
  doc: "The first of two values [..] of one type. `freeze-statistics` makes it the second, and `training-values` the first.",
  shape: (inputs) => {
    const [trained, served] = inputsOf("while_training", inputs, 2) as readonly [TensorType, TensorType];
    requireFloat("while_training", trained, served);
    invariant(sameType(trained, served), `${describeType(trained)} and ${describeType(served)}`);
    return trained;
  },
  reference: ([trained]) => trained!.slice(),
  byRow: true,
  viewFrom: () => 0,
  flops: noFlops,
  gradient: ({ gradient }) => [gradient, null],
  samples: ({ each, steps }) =>
    [f32(each, [3]), f32(steps, [2, 3]), f32(ONCE, [4])].map((x) => ({ attributes: {}, inputs: [x, x] })),
};
