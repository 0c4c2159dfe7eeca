// TensorFlow lowerings of ops on vectors by position.

import { stepsOf } from "../../../middle/ops/repeat.op.ts";
import type { TensorflowLowerings } from "../lowering.ts";
import { gather, segmentReduce } from "../nodes.ts";
import { stepPositions } from "../step-nodes.ts";

export const positions = {
  gather_positions: (emit, [p], { output: out }) => gather(emit, p!, stepPositions(emit, stepsOf(out))),
  scatter_positions: (emit, [x], { attributes: { length }, inputs }) => {
    const positions = stepPositions(emit, stepsOf(inputs[0]!));
    return segmentReduce(emit, "UnsortedSegmentSum", x!, positions, emit.ints([length], []));
  },
} satisfies Partial<TensorflowLowerings>;
