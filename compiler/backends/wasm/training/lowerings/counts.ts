import { type I32, i32 } from "../../instructions.ts";

/** So many rows, each of `size` lines. */
export function times(count: I32, size: number): I32 {
  return i32.mul(count, i32.const(size));
}
