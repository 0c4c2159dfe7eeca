// 1 where two values are equal.

import { binary } from "./support/binary.ts";

export const equal = binary({
  name: "equal",
  doc: "1 where x = y, else 0. Rows equal or once; dims equal, or the last is 1 on one side.",
  cheap: true,
  losesSize: true,
  reference: (x, y) => (x === y ? 1 : 0),
  gradient: () => [null, null],
  range: [-2, 2],
  whole: true,
});
