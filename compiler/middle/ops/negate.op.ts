// Change of sign.

import { unary } from "./support/unary.ts";

export const negate = unary({
  name: "negate",
  doc: "−x.",
  cheap: true,
  reference: (x) => -x,
  gradient: (graph, _x, _y, gradient) => graph.add("negate", [gradient], {}),
  ranges: [[-2, 2]],
});
