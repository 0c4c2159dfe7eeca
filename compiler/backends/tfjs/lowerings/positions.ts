// How tfjs computes ops on vectors by position.

import { stepsOf } from "../../../middle/ops/repeat.op.ts";
import type { TfjsLowerings } from "../lowering.ts";
import { stepPlaces } from "../step-tensors.ts";
import { scatterSum, unlessEmpty, zerosOut } from "../tensors.ts";

export const positions = {
  gather_positions: unlessEmpty((context, [p]) => {
    const { first, lengths, segments } = stepPlaces(context, stepsOf(context.output));
    const positions = segments.map((row, step) => first[row]! + lengths[row]! - 1 - step);
    return context.tf.gather(p!, context.tf.tensor1d(positions, "int32"));
  }),
  scatter_positions: unlessEmpty((context, [x]) => {
    if (x!.size === 0) return zerosOut(context);
    const { first, lengths, segments } = stepPlaces(context, stepsOf(context.inputs[0]!));
    const positions = segments.map((row, step) => first[row]! + lengths[row]! - 1 - step);
    return scatterSum(context, x!, context.tf.tensor1d(positions, "int32"), context.output.dims);
  }),
} satisfies Partial<TfjsLowerings>;
