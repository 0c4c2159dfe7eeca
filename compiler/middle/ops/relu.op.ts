import { unary } from "./support/unary.ts";

export const relu = unary({
  name: "relu",
  doc: "max(x, 0); its gradient at 0 is 0.",
  cheap: true,
  reference: (x) => Math.max(x, 0),
  gradient: (graph, x, _y, gradient) => graph.add("multiply", [gradient, graph.add("step", [x], {})], {}),
  ranges: [[-2, 2]],
});
