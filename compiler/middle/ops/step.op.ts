// Unit step: the slope of relu.

import { unary } from "./support/unary.ts";

export const step = unary({
  name: "step",
  doc: "1 where x > 0, else 0.",
  cheap: true,
  losesSize: true,
  reference: (x) => (x > 0 ? 1 : 0),
  gradient: () => null,
  ranges: [[-2, 2]],
});
