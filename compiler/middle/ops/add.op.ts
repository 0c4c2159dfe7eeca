// Sum of two values.

import { binary } from "./support/binary.ts";

export const add = binary({
  name: "add",
  doc: "x + y. Rows equal or once; dims equal, or the last is 1 on one side.",
  cheap: true,
  reference: (x, y) => x + y,
  gradient: ({ gradient }) => [gradient, gradient],
  range: [-2, 2],
});
