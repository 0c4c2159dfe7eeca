// Lowers a scan to a TensorFlow loop over the times of the batch's longest history. Steps are sorted by time
// first (see time-order.ts), so that the steps of a time, and the states of the rows that have it, are
// contiguous.

import type { ScanAttributes } from "../../../middle/graph/attributes.ts";
import type { OpContext } from "../../../middle/graph/define-op.ts";
import { type Rows, type StepsRows, sizeOf } from "../../../middle/graph/types.ts";
import { ops } from "../../../middle/ops/registry.ts";
import { stepsOf } from "../../../middle/ops/repeat.op.ts";
import { runBody } from "../../../middle/ops/support/scan-body.ts";
import { eachOf } from "../../../middle/ops/support/shapes.ts";
import { loweringOf } from "../../contract/lowering.ts";
import {
  type LoopEmitter,
  outputOf,
  type TensorflowEmitter,
  type TensorflowLowering,
  type TensorflowLowerings,
  type TensorRef,
} from "../lowering.ts";
import { FLOAT, gather, INT, reshape, shapeOf } from "../nodes.ts";

/** `lowerings` returns the lowerings of the ops that a body may have. */
export function scan(lowerings: () => TensorflowLowerings): TensorflowLowering<ScanAttributes> {
  return (emit, values, context) => withLoop(emit, values, context, lowerings());
}

function withLoop(
  emit: TensorflowEmitter,
  values: readonly TensorRef[],
  context: OpContext<ScanAttributes>,
  lowerings: TensorflowLowerings,
): TensorRef {
  const { attributes, inputs, output } = context;
  const { body, reverse } = attributes;
  const rows = stepsOf(output);
  const order = orderOf(emit, rows);
  const flat = (x: TensorRef, dims: readonly number[]) =>
    dims.length === 1 ? x : reshape(emit, x, [-1, sizeOf(dims)]);
  // Values by row and by step are matrices sorted by time.
  const ordered = values.map((value, i) => {
    const { rows: of, dims } = inputs[i]!;
    if (of.kind === "once") return value;
    return gather(emit, flat(value, dims), of.kind === "steps" ? order.steps : order.rows);
  });
  const start =
    inputs[0]!.rows.kind === "once"
      ? emit.node(
          "BroadcastTo",
          [flat(values[0]!, output.dims), flatShape(emit, eachOf(rows), output.dims)],
          {
            T: FLOAT,
            Tidx: INT,
          },
        )
      : ordered[0]!;
  const size = sizeOf(output.dims);
  const list = emit.node("TensorListReserve", [emit.ints([-1, size], [2]), order.longest], {
    element_dtype: FLOAT,
    shape_type: INT,
  });
  const [first, beyond] = reverse
    ? [binary(emit, "Sub", order.longest, emit.ints([1], [])), -1]
    : [emit.ints([0], []), null];
  const none = emit.ints([0, 0], [2]);
  // Going forward, rows only end; going backward, they join.
  const begin = reverse ? slice(emit, start, none, emit.ints([0, -1], [2])) : start;

  const [, , states] = emit.loop({
    variables: [
      { initial: first!, dtype: "int32" },
      { initial: begin, dtype: "float32" },
      { initial: list, dtype: "variant" },
    ],
    condition: (loop, [time]) =>
      beyond === null
        ? binary(loop, "Less", time!, loop.enter(order.longest, "int32"))
        : binary(loop, "Greater", time!, loop.ints([beyond], [])),
    body: (loop, [time, last, filled]) => {
      const at = (table: TensorRef) => gatherInts(loop, loop.enter(table, "int32"), time!);
      const sizes = at(order.sizes);
      const fromStart = loop.ints([0, 0], [2]);
      const joined = () =>
        loop.node(
          "ConcatV2",
          [
            last!,
            slice(loop, loop.enter(start, "float32"), at(order.joinBegins), at(order.joinSizes)),
            loop.ints([0], []),
          ],
          { N: { kind: "int", value: 2 }, T: FLOAT, Tidx: INT },
        );
      const shaped = (x: TensorRef, dims: readonly number[]) =>
        dims.length === 1 ? x : reshape(loop, x, [-1, ...dims]);
      const state = reverse ? joined() : slice(loop, last!, fromStart, sizes);
      const begins = at(order.begins);
      const read = ordered.map((value, i) => {
        const { rows: of, dims } = inputs[i]!;
        if (i === 0) return shaped(state, dims);
        const inside = loop.enter(value, "float32");
        if (of.kind === "once") return inside;
        return shaped(slice(loop, inside, of.kind === "steps" ? begins : fromStart, sizes), dims);
      });
      const counting = countingRows(loop, () => at(order.alive));
      const next = runBody(ops, body, read, (node, operands, own) =>
        loweringOf(lowerings, node.op)(counting, operands, own),
      );
      const matrix = output.dims.length === 1 ? next : reshape(loop, next, [-1, size]);
      return [
        binary(loop, "AddV2", time!, loop.ints([reverse ? -1 : 1], [])),
        matrix,
        loop.node("TensorListSetItem", [filled!, time!, matrix], { element_dtype: FLOAT }),
      ];
    },
  });
  const all = emit.node("TensorListConcat", [states!], {
    element_dtype: FLOAT,
    element_shape: { kind: "shape", value: [null, size] },
  });
  const packed = gather(emit, all, order.places);
  return output.dims.length === 1 ? packed : reshape(emit, packed, [-1, ...output.dims]);
}

/** The content of `TimeOrder` as nodes; i32. */
interface OrderNodes {
  readonly longest: TensorRef;
  readonly rows: TensorRef;
  readonly steps: TensorRef;
  readonly places: TensorRef;
  /** By time: the number of rows with a step, and the begin and size of the slice with those steps. */
  readonly alive: TensorRef;
  readonly begins: TensorRef;
  readonly sizes: TensorRef;
  /** By time: the slice of the rows that have this step and not the next. */
  readonly joinBegins: TensorRef;
  readonly joinSizes: TensorRef;
}

function orderOf(emit: TensorflowEmitter, rows: StepsRows): OrderNodes {
  const segments = emit.segments(rows);
  const count = emit.count(eachOf(rows));
  const steps = emit.count(rows);
  const [zero, one] = [emit.ints([0], []), emit.ints([1], [])];
  const int = (op: string, ...inputs: TensorRef[]) => emit.node(op, inputs, { T: INT });
  const sums = (x: TensorRef) => emit.node("Cumsum", [x, zero], { T: INT, Tidx: INT, exclusive: yes });
  const yes = { kind: "bool", value: true } as const;
  const segmentSum = (x: TensorRef, into: TensorRef, size: TensorRef) =>
    emit.node("UnsortedSegmentSum", [x, into, size], { T: INT, Tindices: INT, Tnumsegments: INT });

  const everyStep = emit.node("Range", [zero, steps, one], { Tidx: INT });
  const ones = int("OnesLike", everyStep);
  const lengths = segmentSum(ones, segments, count);
  const sorted = emit.node("TopKV2", [lengths, count], { T: INT, sorted: yes });
  const byLength = outputOf(sorted, 1);
  const ranks = int("InvertPermutation", byLength);
  const times = int("Sub", everyStep, gatherInts(emit, sums(lengths), segments));
  const largest = emit.node("Max", [lengths, emit.ints([0], [1])], {
    T: INT,
    Tidx: INT,
    keep_dims: { kind: "bool", value: false },
  });
  const longest = int("Maximum", largest, zero);
  const alive = segmentSum(ones, times, longest);
  const offsets = sums(alive);
  const places = int("AddV2", gatherInts(emit, offsets, times), gatherInts(emit, ranks, segments));
  const padded = emit.node("Pad", [alive, emit.ints([0, 1], [1, 2])], { T: INT, Tpaddings: INT });
  const aliveNext = emit.node("Slice", [padded, emit.ints([1], [1]), emit.ints([-1], [1])], {
    T: INT,
    Index: INT,
  });
  const zeros = int("ZerosLike", alive);
  const all = int("Sub", zeros, one);
  const pairs = (a: TensorRef, b: TensorRef) =>
    emit.node("Pack", [a, b], { T: INT, N: { kind: "int", value: 2 }, axis: { kind: "int", value: 1 } });
  return {
    longest,
    rows: byLength,
    steps: int("InvertPermutation", places),
    places,
    alive,
    begins: pairs(offsets, zeros),
    sizes: pairs(alive, all),
    joinBegins: pairs(aliveNext, zeros),
    joinSizes: pairs(int("Sub", alive, aliveNext), all),
  };
}

/** `emit` for a body, whose values have a row for each row with the step. */
function countingRows(emit: LoopEmitter, alive: () => TensorRef): TensorflowEmitter {
  return {
    node: (op, inputs, attributes) => emit.node(op, inputs, attributes),
    floats: (values, dims) => emit.floats(values, dims),
    ints: (values, dims) => emit.ints(values, dims),
    count: alive,
    segments: (rows) => emit.segments(rows),
    input: (name) => emit.input(name),
    parameter: (name) => emit.parameter(name),
    table: (name) => emit.table(name),
    loop: (loop) => emit.loop(loop),
  };
}

function flatShape(emit: TensorflowEmitter, rows: Rows, dims: readonly number[]): TensorRef {
  return shapeOf(emit, rows, [sizeOf(dims)]);
}

function binary(
  emit: TensorflowEmitter,
  op: "AddV2" | "Sub" | "Less" | "Greater",
  x: TensorRef,
  y: TensorRef,
): TensorRef {
  return emit.node(op, [x, y], { T: INT });
}

function gatherInts(emit: TensorflowEmitter, x: TensorRef, positions: TensorRef): TensorRef {
  return emit.node("GatherV2", [x, positions, emit.ints([0], [])], {
    Tparams: INT,
    Tindices: INT,
    Taxis: INT,
  });
}

function slice(emit: TensorflowEmitter, x: TensorRef, begin: TensorRef, size: TensorRef): TensorRef {
  return emit.node("Slice", [x, begin, size], { T: FLOAT, Index: INT });
}
