// Elementwise ops one at a time, for a step of a scan. Loops compute most others (schedule.ts).

import type { OpAttributes, OpName } from "../../../../middle/graph/attributes.ts";
import type { OpContext } from "../../../../middle/graph/define-op.ts";
import { opUse } from "../../../../middle/graph/narrow.ts";
import { sizeOf } from "../../../../middle/graph/types.ts";
import { splitLast } from "../../../../middle/ops/support/shapes.ts";
import type { OpSite, SiteLowerings } from "../lowering.ts";
import { emitNumbers } from "../numbers.ts";

function numbers<N extends OpName>(op: N, operands: number) {
  return (site: OpSite, { attributes, inputs, output }: OpContext<OpAttributes[N]>): void => {
    const { lead, last } = splitLast(output.dims);
    const read = inputs.slice(0, operands);
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

export const elementwise = {
  add: numbers("add", 2),
  subtract: numbers("subtract", 2),
  multiply: numbers("multiply", 2),
  divide: numbers("divide", 2),
  maximum: numbers("maximum", 2),
  equal: numbers("equal", 2),
  greater: numbers("greater", 2),
  choose: numbers("choose", 3),
  dropout: numbers("dropout", 2),
  sigmoid_gradient: numbers("sigmoid_gradient", 2),
  negate: numbers("negate", 1),
  exp: numbers("exp", 1),
  log: numbers("log", 1),
  sqrt: numbers("sqrt", 1),
  sin: numbers("sin", 1),
  cos: numbers("cos", 1),
  sigmoid: numbers("sigmoid", 1),
  tanh: numbers("tanh", 1),
  relu: numbers("relu", 1),
  step: numbers("step", 1),
  softplus: numbers("softplus", 1),
  broadcast_like: numbers("broadcast_like", 1),
} satisfies Partial<SiteLowerings>;
