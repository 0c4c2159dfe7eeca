// Lowers a scan to ONNX's own Scan: all histories of one name have the same length in a ranking program.

import type { ScanAttributes } from "../../../middle/graph/attributes.ts";
import type { OpContext } from "../../../middle/graph/define-op.ts";
import { ops } from "../../../middle/ops/registry.ts";
import { stepsOf } from "../../../middle/ops/repeat.op.ts";
import { runBody } from "../../../middle/ops/support/scan-body.ts";
import { eachOf, f32 } from "../../../middle/ops/support/shapes.ts";
import { loweringOf } from "../../contract/lowering.ts";
import type { OnnxEmitter, OnnxLowering, OnnxLowerings, OnnxRef } from "../lowering.ts";
import { concat, reshape, slice, stepView, unsqueeze, withRows } from "../nodes.ts";

/** `lowerings` returns the lowerings of the ops that a body may have. */
export function scan(lowerings: () => OnnxLowerings): OnnxLowering<ScanAttributes> {
  return (emit, values, context) => withScan(emit, values, context, lowerings());
}

function withScan(
  emit: OnnxEmitter,
  values: readonly OnnxRef[],
  { attributes, inputs, output }: OpContext<ScanAttributes>,
  lowerings: OnnxLowerings,
): OnnxRef {
  const { body, reverse } = attributes;
  const rows = stepsOf(output);
  const each = eachOf(rows);
  const changing = [...inputs.keys()].filter((i) => inputs[i]!.rows.kind === "steps");
  const view = stepView(emit, rows);
  // [steps, 1, ..] for a request, [candidates, steps, ..] for candidates.
  const byRow = (x: OnnxRef) => (rows.per === "request" ? unsqueeze(emit, x, 1) : x);
  const count = emit.stepCount(rows);
  const missing = emit.node("Max", [emit.ints([0]), emit.node("Sub", [emit.ints([1]), count])]);
  const atLeastOne = (x: OnnxRef, dims: readonly number[]) =>
    byRow(concat(emit, [view.view(x, dims), view.filled(0, missing, dims)], view.axis));
  const states = emit.scan({
    axis: view.axis,
    reverse,
    start: withRows(emit, values[0]!, inputs[0]!, each),
    state: f32(each, output.dims),
    steps: changing.map((i) => {
      const { dims } = inputs[i]!;
      return { value: atLeastOne(values[i]!, dims), type: f32(each, dims) };
    }),
    body: (inStep, state, steps) => {
      const read = values.map((value, i) => (i === 0 ? state : (steps[changing.indexOf(i)] ?? value)));
      return runBody<OnnxRef>(ops, body, read, (node, operands, context) =>
        loweringOf(lowerings, node.op)(inStep, operands, context),
      );
    },
  });
  return reshape(emit, slice(emit, states, view.axis, emit.ints([0]), count), output);
}
