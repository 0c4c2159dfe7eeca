// log(1 + exp(x)), the loss of a logit, as one op: computed in parts it would overflow.

import { unary } from "./support/unary.ts";

export const softplus = unary({
  name: "softplus",
  doc: "log(1 + eˣ) without overflow: x where x is large, eˣ where it is very negative.",
  reference: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  gradient: (graph, x, _y, gradient) => graph.add("multiply", [gradient, graph.add("sigmoid", [x], {})], {}),
  ranges: [
    [-4, 4],
    [-200, 200],
  ],
});
