// Difference of two values.

import { binary } from "./support/binary.ts";

export const subtract = binary({
  name: "subtract",
  doc: "x − y. Rows equal or once; dims equal, or the last is 1 on one side.",
  cheap: true,
  reference: (x, y) => x - y,
  gradient: ({ graph, gradient }) => [gradient, graph.add("negate", [gradient], {})],
  range: [-2, 2],
});
