// `push(...values)` and `Math.max(...values)` for any number of values. The spread forms put each value on
// the stack, which holds only about 100,000.

export function append<T>(to: T[], values: Iterable<T>): void {
  for (const value of values) to.push(value);
}

/** The largest of `values` and `least`. */
export function largest(values: Iterable<number>, least = Number.NEGATIVE_INFINITY): number {
  let found = least;
  for (const value of values) if (value > found) found = value;
  return found;
}

/**
 * The first index below `length` that `isSuch` accepts, or `length`. All indices after an accepted one must
 * be accepted as well.
 */
export function firstIndex(length: number, isSuch: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSuch(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
