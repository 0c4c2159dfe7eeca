// Lowers a scan to a loop over time around the kernels of its body, with its own buffers for one step of all
// rows.

import { invariant } from "../../../common/internal-error.ts";
import type { ScanAttributes } from "../../../middle/graph/attributes.ts";
import type { OpContext } from "../../../middle/graph/define-op.ts";
import { sizeOf, type TensorType } from "../../../middle/graph/types.ts";
import { ops } from "../../../middle/ops/registry.ts";
import { stepsOf } from "../../../middle/ops/repeat.op.ts";
import { runBody } from "../../../middle/ops/support/scan-body.ts";
import { eachOf, f32 } from "../../../middle/ops/support/shapes.ts";
import { loweringOf } from "../../contract/lowering.ts";
import { count, input, number, output } from "../kernel-calls.ts";
import type { KernelCall, KernelLowering, KernelLowerings, LoopStep } from "../lowering.ts";

type Argument = KernelCall["arguments"][number];

/** `lowerings` returns the lowerings of the ops that a body may have. */
export function scan(lowerings: () => KernelLowerings): KernelLowering<ScanAttributes> {
  return (context) => loopOf(context, lowerings());
}

function loopOf(context: OpContext<ScanAttributes>, lowerings: KernelLowerings): LoopStep {
  const { attributes, inputs, output: out } = context;
  const { body, reverse } = attributes;
  const over = stepsOf(out);
  const each = eachOf(over);
  const size = sizeOf(out.dims);
  const time: Argument = { kind: "time" };
  const scratch: TensorType[] = [];
  const fresh = (dims: readonly number[]): Argument => {
    scratch.push(f32(each, dims));
    return { kind: "scratch", index: scratch.length - 1 };
  };
  const call = (kernel: KernelCall["kernel"], ...args: Argument[]): KernelCall => ({
    kernel,
    arguments: args,
  });
  const inStep = (type: TensorType): TensorType =>
    type.rows.kind === "once" ? type : { ...type, rows: each };

  const state = fresh(out.dims);
  const copy = (to: Argument, from: Argument, fromRows: Argument) =>
    call("concat", to, from, count(each), number(size), number(0), number(size), fromRows);
  const first = [copy(state, input(0), count(inputs[0]!.rows))];

  const calls: KernelCall[] = [];
  const values = inputs.map((type, i) => {
    if (i === 0) return state;
    if (type.rows.kind !== "steps") return input(i);
    const step = fresh(type.dims);
    calls.push(call("takeStep", step, input(i), count(each), count(over), time, number(sizeOf(type.dims))));
    return step;
  });
  const next = runBody(ops, body, values, (node, operands, own) => {
    const result = fresh(own.output.dims);
    const lowered = loweringOf(
      lowerings,
      node.op,
    )({
      ...own,
      inputs: own.inputs.map(inStep),
      output: inStep(own.output),
    });
    invariant(lowered.kind === "calls", `${node.op} in a scan's body is ${lowered.kind}`);
    const inPlace = (argument: Argument): Argument => {
      switch (argument.kind) {
        case "input":
          return operands[argument.index]!;
        case "output":
          return result;
        default:
          return argument;
      }
    };
    for (const { kernel, arguments: args } of lowered.calls) calls.push(call(kernel, ...args.map(inPlace)));
    return result;
  });
  calls.push(
    call("writeStep", output, next, count(each), count(over), time, number(size)),
    copy(state, next, count(each)),
  );
  return { kind: "loop", over, reverse, scratch, first, calls };
}
