// How many values of a column may be unlike all others without a say in what the column is taken for.

/** One of a hundred; of 20 and more at least one. */
export function mayBeOdd(values: number): number {
  return values < 20 ? 0 : Math.max(1, Math.floor(values / 100));
}
