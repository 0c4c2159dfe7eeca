// Repeats a request's value for each of its candidates, where it combines with values that differ by
// candidate.

import { invariant } from "../../common/internal-error.ts";
import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import type { RowOwner, Rows, TensorType } from "../graph/types.ts";
import { noFlops } from "./support/flops.ts";
import { filled, lengthOf } from "./support/references.ts";
import { describeType, f32, onlyInput, requireFloat } from "./support/shapes.ts";

export const CANDIDATES: Rows = { kind: "each", per: "candidate" };

/** The type of a request's value for its candidates, or the reverse. */
export function movedTo(op: string, from: RowOwner, to: RowOwner, type: TensorType): TensorType {
  requireFloat(op, type);
  const { rows } = type;
  invariant(
    (rows.kind === "each" || rows.kind === "steps") && rows.per === from,
    `${op} of ${describeType(type)}`,
  );
  return f32({ ...rows, per: to }, type.dims);
}

export const repeatCandidates: OpDefinition<NoAttributes> = {
  name: "repeat_candidates",
  hashedAs: "fan_out",
  doc: "The request's rows or steps of x [..] once for each candidate, one candidate after the other: candidates [..].",
  shape: (inputs) =>
    movedTo("repeat_candidates", "request", "candidate", onlyInput("repeat_candidates", inputs)),
  reference: ([x], { inputs, output }, layout) => {
    const length = lengthOf(inputs[0]!, layout);
    return filled(output, layout).map((_, i) => x![i % length]!);
  },
  movesRows: true,
  flops: noFlops,
  gradient: ({ graph, gradient }) => [graph.add("sum_candidates", [gradient], {})],
  samples: ({ each, steps }) =>
    each.per !== "request"
      ? []
      : [f32(each, [3]), f32(steps, [3]), f32(steps, [2, 3])].map((x) => ({ attributes: {}, inputs: [x] })),
};
