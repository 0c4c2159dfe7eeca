// Quotient of two values, number by number.

import { binary } from "./support/binary.ts";

export const divide = binary({
  name: "divide",
  doc: "x / y, number by number. Rows equal or once; dims equal, or the last is 1 on one side.",
  reference: (x, y) => x / y,
  gradient: ({ graph, inputIds: [, y], outputId, gradient }) => {
    const dx = graph.add("divide", [gradient, y!], {});
    return [dx, graph.add("negate", [graph.add("multiply", [dx, outputId], {})], {})];
  },
  range: [0.5, 2],
});
