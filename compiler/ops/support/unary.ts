// The family of ops that compute each number of the output from the number at the same place: what is common to
// them. Each member says the rest in its own file.

import type { KernelName } from "../../../runtime/serve/kernels.ts";
import type { OnnxEmitter, OnnxRef } from "../../backends/onnx/lowering.ts";
import type { TensorflowEmitter, TensorRef } from "../../backends/tensorflow/lowering.ts";
import type { Tensor, Tfjs } from "../../backends/tfjs/lowering.ts";
import { call } from "../../backends/typescript/lowering.ts";
import type { V128 } from "../../backends/wasm/instructions.ts";
import type { FunctionBuilder } from "../../backends/wasm/module.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import { type NodeId, ONCE, sizeOf } from "../../graph/graph.ts";
import type { NoAttributes, OpDefinition } from "../define-op.ts";
import { flopsPerOutput } from "./flops.ts";
import { f32, onlyInput, requireFloat } from "./shapes.ts";
import { FLOAT } from "./tensorflow.ts";
import { unlessEmpty } from "./tfjs.ts";
import { count, input, output } from "./typescript.ts";

export interface Unary {
  readonly name: string;
  readonly doc: string;
  readonly reference: (x: number) => number;
  /** ∂loss/∂x from x, y and ∂loss/∂y; null where it is 0 almost everywhere. */
  readonly gradient: (graph: GraphBuilder, x: NodeId, y: NodeId, gradient: NodeId) => NodeId | null;
  /** Name of the TensorFlow op that does it, or the nodes. */
  readonly tensorflow: string | ((emit: TensorflowEmitter, x: TensorRef) => TensorRef);
  /** Name of the ONNX op that does it, or the nodes. */
  readonly onnx: string | ((emit: OnnxEmitter, x: OnnxRef) => OnnxRef);
  readonly tfjs: (tf: Tfjs, x: Tensor) => Tensor;
  readonly kernel: KernelName;
  /** Four numbers at a time. */
  readonly lanes: (f: FunctionBuilder, x: V128) => V128;
  /** Ranges of random inputs worth testing. */
  readonly ranges: readonly (readonly [number, number])[];
}

export function unary(member: Unary): OpDefinition<NoAttributes> {
  const { name, doc, tensorflow, onnx } = member;
  return {
    name,
    doc,
    shape: (inputs) => {
      const x = onlyInput(name, inputs);
      requireFloat(name, x);
      return x;
    },
    reference: ([x]) => x!.map(member.reference),
    flops: flopsPerOutput(1),
    lanes: (f, [x]) => member.lanes(f, x!),
    gradient: ({ graph, inputIds, outputId, gradient }) => [
      member.gradient(graph, inputIds[0]!, outputId, gradient),
    ],
    lower: {
      onnx: (emit, [x]) => (typeof onnx === "string" ? emit.node(onnx, [x!]) : onnx(emit, x!)),
      tensorflow: (emit, [x]) =>
        typeof tensorflow === "string" ? emit.node(tensorflow, [x!], { T: FLOAT }) : tensorflow(emit, x!),
      tfjs: unlessEmpty(({ tf }, [x]) => member.tfjs(tf, x!)),
      typescript: (context) =>
        call(member.kernel, output, input(0), count(context.output.rows, sizeOf(context.output.dims))),
    },
    samples: ({ each, steps, table }) => [
      ...member.ranges.map((range) => ({ attributes: {}, inputs: [f32(steps, [5])], range })),
      ...[f32(each, [2, 3]), f32(ONCE, [4]), f32(table, [2])].map((type) => ({
        attributes: {},
        inputs: [type],
        range: member.ranges[0]!,
      })),
    ],
  };
}
