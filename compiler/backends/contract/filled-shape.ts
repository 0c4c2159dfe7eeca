// Shapes with one unknown size, which follows from the number of values.

import { sizeOf } from "../../middle/graph/types.ts";

/** The declared shape, whose null is the size that `length` values give it. */
export function filledShape(shape: readonly (number | null)[], length: number): number[] {
  const known = sizeOf(shape.filter((size) => size !== null));
  return shape.map((size) => size ?? length / known);
}
