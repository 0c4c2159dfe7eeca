// Shapes with one unknown size, which follows from the number of values.

import { sizeOf } from "../../middle/graph/types.ts";

/** The declared shape with its null replaced by the size that follows from `length` values. */
export function filledShape(shape: readonly (number | null)[], length: number): number[] {
  const known = sizeOf(shape.filter((size) => size !== null));
  return shape.map((size) => size ?? length / known);
}
