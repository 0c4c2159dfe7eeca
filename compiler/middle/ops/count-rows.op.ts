// Size of a batch.

import type { CountRowsAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ONCE } from "../graph/types.ts";
import { noFlops } from "./support/flops.ts";
import { f32, inputsOf } from "./support/shapes.ts";

export const countRows: OpDefinition<CountRowsAttributes> = {
  name: "count_rows",
  doc: "The number of rows of that kind, as f32: once [1].",
  shape: (inputs) => {
    inputsOf("count_rows", inputs, 0);
    return f32(ONCE, [1]);
  },
  reference: (_, { attributes }, layout) => Float64Array.of(layout.count(attributes.rows)),
  sumOverParts: true,
  flops: noFlops,
  gradient: () => [],
  samples: ({ each, steps, table }) =>
    [each, steps, table].map((rows) => ({ attributes: { rows }, inputs: [] })),
};
