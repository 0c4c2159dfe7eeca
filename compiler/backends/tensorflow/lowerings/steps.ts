// TensorFlow lowerings of ops on the steps of a history.

import type { StepsRows } from "../../../middle/graph/types.ts";
import { stepRows } from "../../../middle/ops/count-steps.op.ts";
import { stepsOf } from "../../../middle/ops/repeat.op.ts";
import { LOWEST } from "../../../middle/ops/support/references.ts";
import { eachOf } from "../../../middle/ops/support/shapes.ts";
import type { TensorflowLowerings } from "../lowering.ts";
import {
  FLOAT,
  gather,
  gatherOrZero,
  INT,
  reshape,
  select,
  shapeOf,
  stepsReduce,
  stepsSum,
} from "../nodes.ts";
import { firstSteps, gatherIntegers, integers, range, selectIntegers, stepLengths } from "../step-nodes.ts";

export const steps = {
  repeat: (emit, [x], { output: out }) => gather(emit, x!, emit.segments(stepsOf(out))),
  sum_steps: (emit, [x], { inputs, output: out }) => stepsSum(emit, x!, stepsOf(inputs[0]!), out.dims),
  max_steps: (emit, [x], { inputs }) => {
    const steps = stepsOf(inputs[0]!);
    const ofNumbers = stepsReduce(emit, "UnsortedSegmentMax", x!, steps);
    // TensorFlow ignores NaN; here it counts as the largest.
    const isNone = emit.node("IsNan", [x!], { T: FLOAT });
    const none = select(emit, isNone, emit.floats([1], []), emit.floats([0], []));
    const hasNone = stepsReduce(emit, "UnsortedSegmentMax", none, steps);
    const anyNone = emit.node("Greater", [hasNone, emit.floats([0], [])], { T: FLOAT });
    const largest = select(emit, anyNone, emit.floats([Number.NaN], []), ofNumbers);
    // The maximum of no numbers is the lowest float (or −∞ under XLA).
    const empty = emit.node("LessEqual", [largest, emit.floats([LOWEST], [])], { T: FLOAT });
    return select(emit, empty, emit.floats([0], []), largest);
  },
  softmax_steps: (emit, [x], { inputs }) => {
    const rows = stepsOf(inputs[0]!);
    const spread = (value: typeof x) => gather(emit, value!, emit.segments(rows));
    const largest = stepsReduce(emit, "UnsortedSegmentMax", x!, rows);
    const shifted = emit.node("Sub", [x!, spread(largest)], { T: FLOAT });
    const exponentials = emit.node("Exp", [shifted], { T: FLOAT });
    const sums = stepsReduce(emit, "UnsortedSegmentSum", exponentials, rows);
    return emit.node("RealDiv", [exponentials, spread(sums)], { T: FLOAT });
  },
  count_steps: (emit, _, { attributes }) => {
    const rows = stepRows(attributes);
    const ones = emit.node("Fill", [shapeOf(emit, rows, [1]), emit.floats([1], [])], {
      T: FLOAT,
      index_type: INT,
    });
    return stepsReduce(emit, "UnsortedSegmentSum", ones, rows);
  },
  shift_steps: (emit, [x, end], { attributes: { reverse }, inputs, output: out }) => {
    const rows = stepsOf(out);
    const segments = emit.segments(rows);
    const byRow = inputs[1]!.rows.kind !== "once";
    // One tensor of the ends and x, and for each step the index of its value in it.
    const ends = byRow ? end! : reshape(emit, end!, [1, ...out.dims]);
    const endCount = byRow ? emit.count(eachOf(rows)) : emit.ints([1], []);
    const stacked = emit.node("ConcatV2", [ends, x!, emit.ints([0], [])], {
      N: { kind: "int", value: 2 },
      T: FLOAT,
      Tidx: INT,
    });
    const range = emit.node("Range", [emit.ints([0], []), emit.count(rows), emit.ints([1], [])], {
      Tidx: INT,
    });
    const add = (a: typeof range, b: typeof range) => emit.node("AddV2", [a, b], { T: INT });
    const other = add(add(range, endCount), emit.ints([reverse ? 1 : -1], []));
    const padded = emit.node(
      "PadV2",
      [segments, emit.ints(reverse ? [0, 1] : [1, 0], [1, 2]), emit.ints([-1], [])],
      { T: INT, Tpaddings: INT },
    );
    const size = emit.node("Reshape", [emit.count(rows), emit.ints([1], [1])], { T: INT, Tshape: INT });
    const neighbours = emit.node("Slice", [padded, emit.ints([reverse ? 1 : 0], [1]), size], {
      T: INT,
      Index: INT,
    });
    const isInside = emit.node("Equal", [neighbours, segments], { T: INT });
    const atEnd = byRow ? segments : emit.node("ZerosLike", [segments], { T: INT });
    return gather(emit, stacked, emit.node("SelectV2", [isInside, other, atEnd], { T: INT }));
  },
  resize_steps: (emit, [x], { attributes: { keep }, inputs, output: out }) => {
    const [from, to] = [stepsOf(inputs[0]!), stepsOf(out)].map((rows) => {
      const lengths = stepLengths(emit, rows);
      return { rows, lengths, first: firstSteps(emit, lengths) };
    }) as [Axis, Axis];
    const segments = emit.segments(to.rows);
    const byStep = (x: Axis["first"]) => gatherIntegers(emit, x, segments);
    const end = ({ first, lengths }: Axis) => integers(emit, "AddV2", first, lengths);
    const ahead =
      keep === "first"
        ? integers(emit, "Sub", from.first, to.first)
        : integers(emit, "Sub", end(from), end(to));
    const source = integers(emit, "AddV2", range(emit, emit.count(to.rows)), byStep(ahead));
    const isMissing =
      keep === "first"
        ? integers(emit, "GreaterEqual", source, byStep(end(from)))
        : integers(emit, "Less", source, byStep(from.first));
    const places = selectIntegers(emit, isMissing, emit.count(from.rows), source);
    return gatherOrZero(emit, x!, inputs[0]!.dims, places);
  },
  last_step: (emit, [x], { inputs }) => {
    const rows = stepsOf(inputs[0]!);
    const lengths = stepLengths(emit, rows);
    const end = integers(emit, "AddV2", firstSteps(emit, lengths), lengths);
    const last = selectIntegers(
      emit,
      integers(emit, "Less", emit.ints([0], []), lengths),
      integers(emit, "Sub", end, emit.ints([1], [])),
      emit.count(rows),
    );
    return gatherOrZero(emit, x!, inputs[0]!.dims, last);
  },
  scatter_last_step: (emit, [x], { inputs, output: out }) => {
    const rows = stepsOf(out);
    const lengths = stepLengths(emit, rows);
    const end = integers(emit, "AddV2", firstSteps(emit, lengths), lengths);
    const next = integers(emit, "AddV2", range(emit, emit.count(rows)), emit.ints([1], []));
    const segments = emit.segments(rows);
    const isLast = integers(emit, "Equal", next, gatherIntegers(emit, end, segments));
    const places = selectIntegers(emit, isLast, segments, emit.count(inputs[0]!.rows));
    return gatherOrZero(emit, x!, out.dims, places);
  },
} satisfies Partial<TensorflowLowerings>;

interface Axis {
  readonly rows: StepsRows;
  readonly lengths: ReturnType<typeof stepLengths>;
  readonly first: ReturnType<typeof stepLengths>;
}
