// Size of a set.

import type { NoAttributes } from "../graph/attributes.ts";
import type { OpDefinition } from "../graph/define-op.ts";
import { ownersOf } from "./support/elements.ts";
import { noFlops } from "./support/flops.ts";
import { filled } from "./support/references.ts";
import { f32, onlyInput } from "./support/shapes.ts";

export const countElements: OpDefinition<NoAttributes> = {
  name: "count_elements",
  doc: "The number of values in each set, as f32, from the rows of the values, ascending: rows of the sets [1].",
  shape: (inputs) => f32(ownersOf("count_elements", onlyInput("count_elements", inputs)), [1]),
  reference: ([rowOf], { output: out }, layout) => {
    const counts = filled(out, layout);
    for (const row of rowOf!) counts[row] = counts[row]! + 1;
    return counts;
  },
  readsIds: true,
  flops: noFlops,
  gradient: () => [null],
  samples: ({ elements }) =>
    elements.map((rows) => ({ attributes: {}, inputs: [{ rows, dims: [], dtype: "i32" }], ascending: [0] })),
};
