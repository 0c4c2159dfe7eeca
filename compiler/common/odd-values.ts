// How many values of a column may be unlike all others without affecting the kind of the column.

/** One in a hundred; from 20 values on, at least one. */
export function mayBeOdd(values: number): number {
  return values < 20 ? 0 : Math.max(1, Math.floor(values / 100));
}
