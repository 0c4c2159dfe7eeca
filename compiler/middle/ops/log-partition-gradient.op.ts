// The gradient of log_partition by its rows, its keys or their bias. The shares of the keys are computed again from the result, because no value of a
// Graph has their shape.

import { invariant } from "../../common/internal-error.ts";
import type { LogPartitionGradientAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { sameRows } from "../graph/types.ts";
import { flopsOfPairs, pairsOf, requireKeys, withoutAbsent } from "./log-partition.op.ts";
import { addTo, dot } from "./support/attention-reference.ts";
import { filled } from "./support/references.ts";
import { f32, inputsOf, sameDims } from "./support/shapes.ts";

export const logPartitionGradient: OpDefinition<LogPartitionGradientAttributes> = {
  name: "log_partition_gradient",
  doc: "∂/∂x, ∂/∂keys or ∂/∂bias (`of`) of Σ dy · z for z = log_partition(x, keys, bias), from x, the keys, z, dy and the bias, if there is one: a sum of keys, of rows of x, or of ones, each times dy · exp(x · k + b − z).",
  shape: (inputs, { of }) => {
    const [x, keys, z, dy, bias] = inputsOf(
      "log_partition_gradient",
      inputs,
      Math.max(4, Math.min(inputs.length, 5)),
    );
    requireKeys("log_partition_gradient", x!, keys!, bias);
    for (const type of [z!, dy!])
      invariant(
        sameRows(type.rows, x!.rows) && sameDims(type.dims, [1]),
        "z and dy have a number a row of x",
      );
    const { rows, dims } = { x, keys, bias }[of]!;
    return f32(rows, dims);
  },
  reference: ([x, keys, z, dy, bias], { attributes: { of }, inputs: [type, ofKeys], output }, layout) => {
    const width = type!.dims[0]!;
    const out = filled(output, layout);
    for (let row = 0; row < layout.count(type!.rows); row++)
      for (let key = 0; key < layout.count(ofKeys!.rows); key++) {
        const [at, from] = [row * width, key * width];
        const score = dot(x!, at, keys!, from, width) + (bias?.[key] ?? 0);
        const share = dy![row]! * Math.exp(score - z![row]!);
        if (of === "bias") out[key] = out[key]! + share;
        else if (of === "x") addTo(out, at, share, keys!, from, width);
        else addTo(out, from, share, x!, at, width);
      }
    return out;
  },
  sumOverParts: true,
  flops: flopsOfPairs(4),
  gradient: null,
  samples: (spaces) =>
    pairsOf(spaces).flatMap(([x, keys, bias]) =>
      (["x", "keys", "bias"] as const).slice(0, bias === undefined ? 2 : 3).map((of) => ({
        attributes: { of },
        inputs: withoutAbsent([x, keys, f32(x.rows, [1]), f32(x.rows, [1]), bias]),
        // No share of a real step is above 1.
        range: [-0.5, 0.5] as const,
      })),
    ),
};
