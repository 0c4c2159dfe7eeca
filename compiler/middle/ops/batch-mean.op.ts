// A batch statistic that has a moving average beside it: what Dice normalises by.

import { invariant } from "../../common/internal-error.ts";
import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE, type TensorType } from "../graph/types.ts";
import { numbersIn } from "./support/flops.ts";
import { scalar } from "./support/gradients.ts";
import { filled } from "./support/references.ts";
import { f32, inputsOf, requireFloat, sameDims } from "./support/shapes.ts";

export const batchMean: OpDefinition<NoAttributes> = {
  name: "batch_mean",
  doc: "Mean of x [w] over all rows: once [w]. Where there are none it is `moving`, the moving average that stands for it at inference.",
  shape: (inputs) => {
    const [x, moving] = inputsOf("batch_mean", inputs, 2) as readonly [TensorType, TensorType];
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
  flops: ({ inputs: [x], output }, count) => numbersIn(x!, count) + numbersIn(output, count),
  gradient: ({ graph, inputs, inputIds, gradient }) => {
    const rows = graph.add("count_rows", [], { rows: inputs[0]!.rows });
    const divisor = graph.add("maximum", [rows, scalar(graph, 1, rows)], {});
    const none = graph.add("equal", [rows, scalar(graph, 0, rows)], {});
    return [
      graph.add("broadcast_like", [graph.add("divide", [gradient, divisor], {}), inputIds[0]!], {}),
      graph.add("multiply", [gradient, none], {}),
    ];
  },
  samples: ({ each, steps }) =>
    [each, steps].map((rows) => ({ attributes: {}, inputs: [f32(rows, [4]), f32(ONCE, [4])] })),
};
