// The gradient of log_partition by its rows or its keys. The shares of the keys are computed again from the result, because no value of a
// Graph has their shape.

import { invariant } from "../../common/internal-error.ts";
import type { LogPartitionGradientAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { sameRows, type TensorType } from "../graph/types.ts";
import { flopsOfPairs, pairsOf, requireKeys } from "./log-partition.op.ts";
import { addTo, dot } from "./support/attention-reference.ts";
import { filled } from "./support/references.ts";
import { f32, inputsOf, sameDims } from "./support/shapes.ts";

export const logPartitionGradient: OpDefinition<LogPartitionGradientAttributes> = {
  name: "log_partition_gradient",
  doc: "∂/∂x or ∂/∂keys (`of`) of Σ dy · z for z = log_partition(x, keys), from x, the keys, z and dy: a sum of keys, or of rows of x, each times dy · exp(x · k − z).",
  shape: (inputs, { of }) => {
    const [x, keys, z, dy] = inputsOf("log_partition_gradient", inputs, 4) as readonly TensorType[];
    requireKeys("log_partition_gradient", x!, keys!);
    for (const type of [z!, dy!])
      invariant(
        sameRows(type.rows, x!.rows) && sameDims(type.dims, [1]),
        "z and dy have a number a row of x",
      );
    const { rows, dims } = of === "x" ? x! : keys!;
    return f32(rows, dims);
  },
  reference: ([x, keys, z, dy], { attributes: { of }, inputs: [type, ofKeys], output }, layout) => {
    const width = type!.dims[0]!;
    const out = filled(output, layout);
    for (let row = 0; row < layout.count(type!.rows); row++)
      for (let key = 0; key < layout.count(ofKeys!.rows); key++) {
        const [at, from] = [row * width, key * width];
        const share = dy![row]! * Math.exp(dot(x!, at, keys!, from, width) - z![row]!);
        if (of === "x") addTo(out, at, share, keys!, from, width);
        else addTo(out, from, share, x!, at, width);
      }
    return out;
  },
  sumOverParts: true,
  flops: flopsOfPairs(4),
  gradient: null,
  samples: (spaces) =>
    pairsOf(spaces).flatMap(([x, keys]) =>
      (["x", "keys"] as const).map((of) => ({
        attributes: { of },
        inputs: [x, keys, f32(x.rows, [1]), f32(x.rows, [1])],
        // No share of a real step is above 1.
        range: [-0.5, 0.5] as const,
      })),
    ),
};
