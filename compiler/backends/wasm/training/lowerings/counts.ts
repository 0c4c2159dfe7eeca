import { type I32, i32 } from "../../instructions.ts";

/** The number of lines: `size` for each of the rows. */
export function times(count: I32, size: number): I32 {
  return i32.mul(count, i32.const(size));
}
