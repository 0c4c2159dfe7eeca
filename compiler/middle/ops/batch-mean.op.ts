// A batch mean with a moving average, by which Dice normalises.

import { invariant } from "../../common/internal-error.ts";
import type { BatchMeanAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE, type TensorType } from "../graph/types.ts";
import { numbersIn } from "./support/flops.ts";
import { scalar } from "./support/gradients.ts";
import { filled } from "./support/references.ts";
import { f32, inputsOf, requireFloat, sameDims } from "./support/shapes.ts";

export const batchMean: OpDefinition<BatchMeanAttributes> = {
  name: "batch_mean",
  doc: "Mean of x [w] over all rows: once [w]. Without rows it is `moving`, the moving average that replaces it at inference. If x has parts, one for each value of a feature, the share of rows with each value [v] and its moving average determine how `moving` follows.",
  shape: (inputs) => {
    const parted = inputs.length === 2 ? [] : inputs.slice(2);
    const [x, moving] = inputs as readonly [TensorType, TensorType];
    inputsOf("batch_mean", inputs, parted.length === 0 ? 2 : 4);
    for (const share of parted)
      invariant(
        share.rows.kind === "once" && share.dims.length === 1 && x.dims[0]! % share.dims[0]! === 0,
        "batch_mean's shares do not fit its parts",
      );
    requireFloat("batch_mean", x, moving);
    invariant(x.rows.kind !== "once", "batch_mean of what is known once");
    invariant(x.dims.length === 1, `batch_mean of dims [${x.dims.join(", ")}]`);
    invariant(
      moving.rows.kind === "once" && sameDims(x.dims, moving.dims),
      "batch_mean's moving average does not fit",
    );
    return f32(ONCE, x.dims);
  },
  reference: ([x, moving], { inputs, output }, layout) => {
    const rows = layout.count(inputs[0]!.rows);
    if (rows === 0) return moving!.slice();
    const out = filled(output, layout);
    x!.forEach((value, i) => {
      const at = i % out.length;
      out[at] = out[at]! + value / rows;
    });
    return out;
  },
  reducesRows: true,
  flops: ({ inputs: [x], output }, count) => numbersIn(x!, count) + numbersIn(output, count),
  gradient: ({ graph, inputs, inputIds, gradient }) => {
    const parted = inputIds.slice(2).map(() => null);
    const rows = graph.add("count_rows", [], { rows: inputs[0]!.rows });
    const divisor = graph.add("maximum", [rows, scalar(graph, 1, rows)], {});
    const none = graph.add("equal", [rows, scalar(graph, 0, rows)], {});
    return [
      graph.add("broadcast_like", [graph.add("divide", [gradient, divisor], {}), inputIds[0]!], {}),
      graph.add("multiply", [gradient, none], {}),
      ...parted,
    ];
  },
  samples: ({ each, steps }) =>
    [each, steps].map((rows) => ({
      attributes: { average: null },
      inputs: [f32(rows, [4]), f32(ONCE, [4])],
    })),
};
