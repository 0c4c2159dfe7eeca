// TensorFlow lowerings of the search among the steps of a history.

import type { StepsRows } from "../../../middle/graph/types.ts";
import { indexedSteps } from "../../../middle/ops/gather-steps.op.ts";
import { stepsOf } from "../../../middle/ops/repeat.op.ts";
import { LOWEST } from "../../../middle/ops/support/references.ts";
import { outputOf, type TensorflowEmitter, type TensorflowLowerings, type TensorRef } from "../lowering.ts";
import { FLOAT, flag, gather, gatherOrZero, INT, reshape, segmentReduce, select } from "../nodes.ts";
import {
  firstSteps,
  gatherIntegers,
  integers,
  range,
  reshapeIntegers,
  selectIntegers,
  stepLengths,
} from "../step-nodes.ts";

export const search = {
  select_steps: (emit, [x], { attributes: { count }, inputs }) => {
    const { lengths, first } = columns(emit, stepsOf(inputs[0]!));
    const longest = emit.node("Max", [lengths, emit.ints([0, 1], [2])], {
      ...{ T: INT, Tidx: INT, keep_dims: flag(false) },
    });
    const back = range(emit, integers(emit, "Maximum", longest, emit.ints([count], [])));
    const isThere = integers(emit, "Less", back, lengths);
    const last = integers(emit, "Sub", integers(emit, "AddV2", first, lengths), emit.ints([1], []));
    const none = emit.count(inputs[0]!.rows);
    const steps = selectIntegers(emit, isThere, integers(emit, "Sub", last, back), none);
    // NaN has no order, so it counts as the lowest number, which is never chosen.
    const isNumber = emit.node("Greater", [x!, emit.floats([LOWEST], [])], { T: FLOAT });
    const scores = select(emit, isNumber, x!, emit.floats([LOWEST], []));
    const padded = emit.node(
      "PadV2",
      [reshape(emit, scores, [-1]), emit.ints([0, 1], [1, 2]), emit.floats([LOWEST], [])],
      { T: FLOAT, Tpaddings: INT },
    );
    const best = highest(emit, gather(emit, padded, steps), count);
    const places = emit.node("Cast", [integers(emit, "Sub", lengths, outputOf(best, 1))], {
      ...{ SrcT: INT, DstT: FLOAT },
    });
    const isFound = emit.node("Greater", [best, emit.floats([LOWEST], [])], { T: FLOAT });
    const chosen = select(emit, isFound, places, emit.floats([0], []));
    const negated = (value: TensorRef) => emit.node("Neg", [value], { T: FLOAT });
    return reshape(emit, negated(highest(emit, negated(chosen), count)), [-1, count, 1]);
  },
  gather_steps: (emit, [x, places], { inputs }) => {
    const { steps, length, width } = indexedSteps("gather_steps", inputs[0]!, inputs[1]!);
    return gatherOrZero(emit, x!, [width], stepsAt(emit, places!, length, steps, emit.count(steps)));
  },
  scatter_steps: (emit, [x, places], { inputs, output: out }) => {
    const rows = stepsOf(out);
    const [length, width] = inputs[0]!.dims as readonly [number, number];
    const steps = reshapeIntegers(emit, stepsAt(emit, places!, length, rows, emit.ints([-1], [])), [-1]);
    const items = reshape(emit, x!, [-1, width]);
    return segmentReduce(emit, "UnsortedSegmentSum", items, steps, emit.count(rows));
  },
  sort_steps: (emit, [x, keys], { attributes: { inverse }, inputs, output: out }) => {
    const rows = stepsOf(out);
    const count = emit.count(rows);
    /** The order of numbers, ascending; equal ones keep their order. */
    const ordered = (numbers: TensorRef, type: typeof INT) => {
      const negated = emit.node("Neg", [numbers], { T: type });
      return outputOf(emit.node("TopKV2", [negated, count], { T: type, sorted: flag(true) }), 1);
    };
    let order = range(emit, count);
    for (let k = inputs[1]!.dims[0]! - 1; k >= 0; k--) {
      const from = [emit.ints([0, k], [2]), emit.ints([-1, 1], [2])];
      const column = reshape(emit, emit.node("Slice", [keys!, ...from], { T: FLOAT, Index: INT }), [-1]);
      order = gatherIntegers(emit, order, ordered(gather(emit, column, order), FLOAT));
    }
    order = gatherIntegers(emit, order, ordered(gatherIntegers(emit, emit.segments(rows), order), INT));
    return gather(emit, x!, inverse ? ordered(order, INT) : order);
  },
} satisfies Partial<TensorflowLowerings>;

/** The number of steps of each row and the index of its first one, [rows, 1]. */
function columns(emit: TensorflowEmitter, rows: StepsRows): { lengths: TensorRef; first: TensorRef } {
  const lengths = stepLengths(emit, rows);
  const first = firstSteps(emit, lengths);
  return { lengths: reshapeIntegers(emit, lengths, [-1, 1]), first: reshapeIntegers(emit, first, [-1, 1]) };
}

/** The highest values, and as output 1 their indices; the first of equal ones. */
function highest(emit: TensorflowEmitter, x: TensorRef, count: number): TensorRef {
  return emit.node("TopKV2", [x, emit.ints([count], [])], { T: FLOAT, sorted: flag(true) });
}

/** The steps at indices [rows, n, 1] as [rows, n]; `none` for index 0. */
function stepsAt(
  emit: TensorflowEmitter,
  places: TensorRef,
  length: number,
  rows: StepsRows,
  none: TensorRef,
): TensorRef {
  const whole = emit.node("Cast", [places], { SrcT: FLOAT, DstT: INT });
  const each = reshapeIntegers(emit, whole, [-1, length]);
  const { first } = columns(emit, rows);
  const steps = integers(emit, "Sub", integers(emit, "AddV2", first, each), emit.ints([1], []));
  return selectIntegers(emit, integers(emit, "Less", emit.ints([0], []), each), steps, none);
}
