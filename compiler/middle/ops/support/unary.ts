// The common part of the ops that compute each number of the output from the number at the same index. Each
// op's own file adds the rest.

import type { NoAttributes } from "../../graph/attributes.ts";
import type { ElementwiseDefinition, MemberTraits } from "../../graph/define-op.ts";
import type { NodeBuilder, NodeId } from "../../graph/graph.ts";
import { ONCE } from "../../graph/types.ts";
import { flopsPerOutput } from "./flops.ts";
import { f32, onlyInput, requireFloat } from "./shapes.ts";

export interface Unary extends MemberTraits {
  readonly name: string;
  readonly doc: string;
  readonly reference: (x: number) => number;
  /** ∂loss/∂x from x, y and ∂loss/∂y; null where it is 0 almost everywhere. */
  readonly gradient: (graph: NodeBuilder, x: NodeId, y: NodeId, gradient: NodeId) => NodeId | null;
  /** Ranges of random inputs for tests. */
  readonly ranges: readonly (readonly [number, number])[];
}

export function unary(member: Unary): ElementwiseDefinition<NoAttributes> {
  const { reference, gradient: gradientOf, ranges, ...described } = member;
  const { name } = described;
  return {
    ...described,
    shape: (inputs) => {
      const x = onlyInput(name, inputs);
      requireFloat(name, x);
      return x;
    },
    reference: ([x]) => x!.map(reference),
    flops: flopsPerOutput(1),
    elementwise: true,
    inPlace: true,
    gradient: ({ graph, inputIds, outputId, gradient }) => [
      gradientOf(graph, inputIds[0]!, outputId, gradient),
    ],
    samples: ({ each, steps, table }) => [
      ...ranges.map((range) => ({ attributes: {}, inputs: [f32(steps, [5])], range })),
      ...[f32(each, [2, 3]), f32(ONCE, [4]), f32(table, [2])].map((type) => ({
        attributes: {},
        inputs: [type],
        range: ranges[0]!,
      })),
    ],
  };
}
