// ONNX lowerings of the search among the steps of a history.

import type { StepsRows } from "../../../middle/graph/types.ts";
import { indexedSteps } from "../../../middle/ops/gather-steps.op.ts";
import { stepsOf } from "../../../middle/ops/repeat.op.ts";
import { LOWEST } from "../../../middle/ops/support/references.ts";
import { eachOf } from "../../../middle/ops/support/shapes.ts";
import type { OnnxEmitter, OnnxLowerings, OnnxRef } from "../lowering.ts";
import * as onnx from "../nodes.ts";

export const search = {
  select_steps: (emit, [x], { attributes: { count }, inputs: [type] }) => {
    const rows = stepsOf(type!);
    // NaN has no order, so it counts as the lowest number, which is never chosen.
    const isNumber = emit.node("Greater", [x!, onnx.scalar(emit, LOWEST)]);
    const numbers = emit.node("Where", [isNumber, x!, onnx.scalar(emit, LOWEST)]);
    const scores = byRow(emit, numbers, rows, []);
    const reversed = emit.node("Slice", [
      scores,
      emit.ints([-1]),
      emit.ints([-onnx.END]),
      emit.ints([1]),
      emit.ints([-1]),
    ]);
    const none = onnx.filled(emit, LOWEST, { rows: eachOf(rows), dims: [count] });
    const latestFirst = onnx.concat(emit, [reversed, none], 1);
    const how = { axis: onnx.int(1), sorted: onnx.int(1) };
    const k = emit.ints([count]);
    const back = emit.output("TopK", [latestFirst, k], [1, 2], { ...how, largest: onnx.int(1) });
    const found = emit.node("GatherElements", [latestFirst, back], { axis: onnx.int(1) });
    const places = onnx.toFloat(emit, emit.node("Sub", [emit.stepCount(rows), back]));
    const isFound = emit.node("Greater", [found, onnx.scalar(emit, LOWEST)]);
    const chosen = emit.node("Where", [isFound, places, onnx.scalar(emit, 0)]);
    const sorted = emit.output("TopK", [chosen, k], [0, 2], { ...how, largest: onnx.int(0) });
    return onnx.unsqueeze(emit, sorted, 2);
  },
  gather_steps: (emit, [x, places], { inputs: [type, at] }) => {
    const { steps, rows, width } = indexedSteps("gather_steps", type!, at!);
    const from = withNone(emit, x!, steps, width);
    const indices = onnx.toWide(emit, places!);
    if (rows.per === steps.per) return emit.node("GatherND", [from, indices], { batch_dims: onnx.int(1) });
    const own = emit.node("Squeeze", [from, emit.ints([0])]);
    return onnx.gather(emit, own, emit.node("Squeeze", [indices, emit.ints([2])]));
  },
  scatter_steps: (emit, [x, places], { inputs: [type], output: out }) => {
    const rows = stepsOf(out);
    const [, width] = type!.dims as readonly [number, number];
    const each = emit.count(eachOf(rows));
    const count = emit.node("Add", [emit.stepCount(rows), emit.ints([1])]);
    const shape = emit.node("Concat", [each, count, emit.ints([width])], { axis: onnx.int(0) });
    const zeros = emit.node("Expand", [onnx.scalar(emit, 0), shape]);
    const indices = emit.node("Expand", [
      onnx.toWide(emit, places!),
      onnx.shapeOf(emit, type!.rows, type!.dims),
    ]);
    const attributes = { axis: onnx.int(1), reduction: { kind: "string", value: "add" } } as const;
    const all = emit.node("ScatterElements", [zeros, indices, x!], attributes);
    const steps = onnx.slice(emit, all, 1, emit.ints([1]), emit.ints([onnx.END]));
    return emit.node("Reshape", [steps, emit.ints([-1, width])]);
  },
  sort_steps: (emit, [x, keys], { attributes: { inverse }, inputs: [, type], output: out }) => {
    const rows = stepsOf(out);
    const along = { axis: onnx.int(1) };
    /** The order of numbers, ascending; equal ones keep their order. */
    const ordered = (numbers: OnnxRef) => {
      const how = { ...along, sorted: onnx.int(1), largest: onnx.int(0) };
      return emit.output("TopK", [numbers, emit.stepCount(rows)], [1, 2], how);
    };
    const columns = byRow(emit, keys!, rows, type!.dims);
    let order: OnnxRef | null = null;
    for (let k = type!.dims[0]! - 1; k >= 0; k--) {
      const column = emit.node("Squeeze", [
        onnx.slice(emit, columns, 2, emit.ints([k]), emit.ints([k + 1])),
        emit.ints([2]),
      ]);
      if (order === null) order = ordered(column);
      else {
        const next = ordered(emit.node("GatherElements", [column, order], along));
        order = emit.node("GatherElements", [order, next], along);
      }
    }
    const steps = onnx.unsqueeze(emit, inverse ? ordered(order!) : order!, 2);
    const sorted = emit.node("GatherND", [byRow(emit, x!, rows, out.dims), steps], {
      batch_dims: onnx.int(1),
    });
    return emit.node("Reshape", [sorted, emit.ints([-1, ...out.dims])]);
  },
} satisfies Partial<OnnxLowerings>;

/** The steps of each row, [rows, steps, ...dims]. */
function byRow(emit: OnnxEmitter, x: OnnxRef, rows: StepsRows, dims: readonly number[]): OnnxRef {
  const sizes = [emit.count(eachOf(rows)), emit.stepCount(rows)];
  const shape = emit.node("Concat", dims.length === 0 ? sizes : [...sizes, emit.ints(dims)], {
    axis: onnx.int(0),
  });
  return emit.node("Reshape", [x, shape], { allowzero: onnx.int(1) });
}

/** The steps of each row after a step of zeros, which has index 0. */
function withNone(emit: OnnxEmitter, x: OnnxRef, rows: StepsRows, width: number): OnnxRef {
  const zero = onnx.filled(emit, 0, { rows: eachOf(rows), dims: [1, width] });
  return onnx.concat(emit, [zero, byRow(emit, x, rows, [width])], 1);
}
