// The common part of the ops on two values, number by number. Values that are known once or have width 1 are
// broadcast. Each op's own file adds the rest.

import type { NoAttributes } from "../../graph/attributes.ts";
import type {
  ElementwiseDefinition,
  GradientContext,
  MemberTraits,
  ReferenceValue,
} from "../../graph/define-op.ts";
import type { NodeId } from "../../graph/graph.ts";
import { ONCE, type TensorType } from "../../graph/types.ts";
import { flopsPerOutput } from "./flops.ts";
import { reduceTo } from "./gradients.ts";
import { broadcastValue } from "./references.ts";
import { f32, inputsOf, joinDims, joinRows, requireFloat } from "./shapes.ts";

export interface Binary extends MemberTraits {
  readonly name: string;
  readonly doc: string;
  readonly reference: (x: number, y: number) => number;
  /** ∂loss/∂x and ∂loss/∂y in the output's type. The family sums them over broadcast dims. */
  readonly gradient: (context: GradientContext<NoAttributes>) => readonly [NodeId | null, NodeId | null];
  readonly range: readonly [number, number];
  /** Tests with whole numbers, so that ties occur. */
  readonly whole?: true;
}

export function binary(member: Binary): ElementwiseDefinition<NoAttributes> {
  const { reference, gradient: gradientOf, range, whole, ...described } = member;
  const { name } = described;
  return {
    ...described,
    shape: (inputs) => {
      const [x, y] = inputsOf(name, inputs, 2) as readonly [TensorType, TensorType];
      requireFloat(name, x, y);
      return f32(joinRows(name, [x.rows, y.rows]), joinDims(name, x.dims, y.dims));
    },
    reference: ([x, y], context, layout) => {
      const [a, b] = [x!, y!].map((value, i) =>
        broadcastValue(value, context.inputs[i]!, context.output, layout),
      ) as [ReferenceValue, ReferenceValue];
      const out = new Float64Array(a.length);
      for (let i = 0; i < out.length; i++) out[i] = reference(a[i]!, b[i]!);
      return out;
    },
    flops: flopsPerOutput(1),
    elementwise: true,
    inPlace: true,
    gradient: (context) =>
      gradientOf(context).map((gradient, i) =>
        gradient === null ? null : reduceTo(context.graph, gradient, context.inputs[i]!),
      ),
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
        range,
        ...(whole === undefined ? {} : { whole }),
      })),
  };
}
