import type { I32 } from "../../code.ts";
import { i32 } from "../../expressions.ts";

/** The number of lines: `size` for each of the rows. */
export function times(count: I32, size: number): I32 {
  return i32.mul(count, i32.const(size));
}
