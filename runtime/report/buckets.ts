// Groups rows by a whole number: the length of a history, or the frequency of an id.

/** Rows with numbers from `low` to `high`. */
export interface NumberBucket {
  readonly low: number;
  readonly high: number;
}

/**
 * At most `most` ranges that together contain every number (none is negative), with about equally many rows
 * each. Equal numbers stay together, and 0 has a range of its own if it occurs.
 */
export function rangesOf(numbers: ArrayLike<number>, most: number): NumberBucket[] {
  const sorted = Int32Array.from(numbers).sort();
  const zeros = sorted.findIndex((number) => number > 0);
  const first = zeros === -1 ? sorted.length : zeros;
  const ranges: NumberBucket[] = first === 0 ? [] : [{ low: 0, high: 0 }];
  const others = sorted.subarray(first);
  const count = most - ranges.length;
  let from = 0;
  for (let i = 1; i <= count && from < others.length; i++) {
    const aim = Math.max(Math.ceil((i * others.length) / count), from + 1);
    const high = others[aim - 1]!;
    ranges.push({ low: others[from]!, high });
    while (from < others.length && others[from]! <= high) from++;
  }
  return ranges;
}
