// 1 where the first value is larger than the second.

import { binary } from "./support/binary.ts";

export const greater = binary({
  name: "greater",
  doc: "1 where x > y, else 0. Rows equal or once; dims equal, or the last is 1 on one side.",
  cheap: true,
  losesSize: true,
  reference: (x, y) => (x > y ? 1 : 0),
  gradient: () => [null, null],
  range: [-2, 2],
});
