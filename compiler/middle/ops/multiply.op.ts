// Product of two values, number by number.

import { binary } from "./support/binary.ts";
import { scalar } from "./support/gradients.ts";

export const multiply = binary({
  name: "multiply",
  doc: "x · y, number by number. Rows equal or once; dims equal, or the last is 1 on one side.",
  cheap: true,
  reference: (x, y) => x * y,
  gradient: ({ graph, inputIds: [x, y], gradient }) => {
    // The gradient of a square: both halves are equal, so this saves one product, and the factor 2 can move
    // to a smaller value.
    if (x === y)
      return [
        graph.add("multiply", [graph.add("multiply", [gradient, scalar(graph, 2, x!)], {}), x!], {}),
        null,
      ];
    return [graph.add("multiply", [gradient, y!], {}), graph.add("multiply", [gradient, x!], {})];
  },
  range: [-2, 2],
});
