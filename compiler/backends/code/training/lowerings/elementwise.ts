// Elementwise ops one at a time, for a step of a scan. Loops compute most others (schedule.ts).

import type { OpAttributes } from "../../../../middle/graph/attributes.ts";
import { opUse } from "../../../../middle/graph/narrow.ts";
import { sizeOf } from "../../../../middle/graph/types.ts";
import { type ElementwiseOp, forElementwise, operandsOf } from "../../../../middle/ops/registry.ts";
import { splitLast } from "../../../../middle/ops/support/shapes.ts";
import type { SiteLowering, SiteLowerings } from "../lowering.ts";
import { emitNumbers } from "../numbers.ts";

export const elementwise = forElementwise(numbers) satisfies Partial<SiteLowerings>;

function numbers(op: ElementwiseOp): SiteLowering<OpAttributes[ElementwiseOp]> {
  return (site, { attributes, inputs, output }) => {
    const { lead, last } = splitLast(output.dims);
    const read = operandsOf({ op, inputs });
    emitNumbers(site.f, {
      ...{ rows: site.count(output.rows), lead: sizeOf(lead), width: last, constants: new Map() },
      members: [{ ...opUse(op, attributes), key: -1, operands: read.map((_, i) => i) }],
      streams: read.map(({ rows, dims }, key) => ({
        ...{ key, base: site.input(key), isNarrow: splitLast(dims).last !== last },
        by: rows.kind === "once" && output.rows.kind !== "once" ? "all" : "row",
      })),
      outputs: [{ key: -1, to: site.output }],
      ...{ sums: [], kept: null, examples: null },
    });
  };
}
