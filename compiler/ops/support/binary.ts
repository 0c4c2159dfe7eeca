// The family of ops on two values, number by number, with what is known once or has width 1 repeated: what is common
// to them. Each member says the rest in its own file.

import type { KernelName } from "../../../runtime/serve/kernels.ts";
import type { OnnxEmitter, OnnxRef } from "../../backends/onnx/lowering.ts";
import type { TensorflowEmitter, TensorRef } from "../../backends/tensorflow/lowering.ts";
import type { Tensor, Tfjs } from "../../backends/tfjs/lowering.ts";
import { call } from "../../backends/typescript/lowering.ts";
import type { V128 } from "../../backends/wasm/instructions.ts";
import type { FunctionBuilder } from "../../backends/wasm/module.ts";
import { type NodeId, ONCE, sizeOf, type TensorType } from "../../graph/graph.ts";
import type { GradientContext, NoAttributes, OpDefinition } from "../define-op.ts";
import { flopsPerOutput } from "./flops.ts";
import { reduceTo } from "./gradients.ts";
import { broadcastValue } from "./references.ts";
import { f32, inputsOf, joinDims, joinRows, requireFloat, splitLast } from "./shapes.ts";
import { FLOAT } from "./tensorflow.ts";
import { unlessEmpty } from "./tfjs.ts";
import { count, flag, input, number, output } from "./typescript.ts";

export interface Binary {
  readonly name: string;
  readonly doc: string;
  readonly reference: (x: number, y: number) => number;
  /** ∂loss/∂x and ∂loss/∂y in the output's type; the family sums them over what was repeated. */
  readonly gradient: (context: GradientContext<NoAttributes>) => readonly [NodeId | null, NodeId | null];
  readonly tensorflow: string | ((emit: TensorflowEmitter, x: TensorRef, y: TensorRef) => TensorRef);
  /** Name of the ONNX op that does it, or the nodes. */
  readonly onnx: string | ((emit: OnnxEmitter, x: OnnxRef, y: OnnxRef) => OnnxRef);
  readonly tfjs: (tf: Tfjs, x: Tensor, y: Tensor) => Tensor;
  readonly kernel: KernelName;
  /** Four numbers at a time. */
  readonly lanes: (f: FunctionBuilder, x: V128, y: V128) => V128;
  readonly range: readonly [number, number];
  /** Test with whole numbers, so that ties occur. */
  readonly whole?: true;
}

export function binary(member: Binary): OpDefinition<NoAttributes> {
  const { name, doc, tensorflow, onnx } = member;
  return {
    name,
    doc,
    shape: (inputs) => {
      const [x, y] = inputsOf(name, inputs, 2) as readonly [TensorType, TensorType];
      requireFloat(name, x, y);
      return f32(joinRows(name, [x.rows, y.rows]), joinDims(name, x.dims, y.dims));
    },
    reference: ([x, y], context, layout) => {
      const [a, b] = [x!, y!].map((value, i) =>
        broadcastValue(value, context.inputs[i]!, context.output, layout),
      );
      return a!.map((value, i) => member.reference(value, b![i]!));
    },
    flops: flopsPerOutput(1),
    lanes: (f, [x, y]) => member.lanes(f, x!, y!),
    gradient: (context) =>
      member
        .gradient(context)
        .map((gradient, i) =>
          gradient === null ? null : reduceTo(context.graph, gradient, context.inputs[i]!),
        ),
    lower: {
      onnx: (emit, [x, y]) => (typeof onnx === "string" ? emit.node(onnx, [x!, y!]) : onnx(emit, x!, y!)),
      tensorflow: (emit, [x, y]) =>
        typeof tensorflow === "string"
          ? emit.node(tensorflow, [x!, y!], { T: FLOAT })
          : tensorflow(emit, x!, y!),
      tfjs: unlessEmpty(({ tf }, [x, y]) => member.tfjs(tf, x!, y!)),
      typescript: ({ inputs, output: out }) => {
        const { lead, last } = splitLast(out.dims);
        const variation = inputs.flatMap(({ rows, dims }) => [
          flag(rows.kind !== "once"),
          flag(splitLast(dims).last === last),
        ]);
        return call(
          member.kernel,
          output,
          input(0),
          input(1),
          count(out.rows),
          number(sizeOf(lead)),
          number(last),
          ...variation,
        );
      },
    },
    samples: ({ each, steps, table }) =>
      [
        [f32(steps, [5]), f32(steps, [5])],
        [f32(steps, [5]), f32(ONCE, [5])],
        [f32(ONCE, [5]), f32(each, [5])],
        [f32(each, [5]), f32(each, [1])],
        [f32(ONCE, [1]), f32(steps, [5])],
        [f32(each, [1]), f32(ONCE, [5])],
        [f32(each, [2, 3]), f32(ONCE, [2, 3])],
        [f32(ONCE, [2, 1]), f32(steps, [2, 3])],
        [f32(each, [2, 3]), f32(each, [2, 1])],
        [f32(ONCE, [2, 3]), f32(ONCE, [2, 3])],
        [f32(ONCE, [2, 3]), f32(ONCE, [2, 1])],
        [f32(table, [4]), f32(ONCE, [1])],
      ].map((inputs) => ({
        attributes: {},
        inputs,
        range: member.range,
        ...(member.whole === undefined ? {} : { whole: member.whole }),
      })),
  };
}
