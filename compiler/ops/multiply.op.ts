// Product of two values, number by number.

import { binary } from "./support/binary.ts";

export const multiply = binary({
  name: "multiply",
  doc: "x · y, number by number. Rows equal or once; dims equal, or the last is 1 on one side.",
  reference: (x, y) => x * y,
  gradient: ({ graph, inputIds: [x, y], gradient }) => [
    graph.add("multiply", [gradient, y!], {}),
    graph.add("multiply", [gradient, x!], {}),
  ],
  tensorflow: "Mul",
  tfjs: (tf, x, y) => tf.mul(x, y),
  kernel: "multiply",
  range: [-2, 2],
});
