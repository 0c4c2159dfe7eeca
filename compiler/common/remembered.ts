// Remembers results of a function of numbers.

/** Results for whole numbers below this are remembered. */
const SMALL = 1 << 13;

/** The same function, which computes the result of a small whole number once: most columns of numbers repeat a few of them. */
export function remembered(of: (x: number) => number): (x: number) => number {
  const known = new Float64Array(SMALL).fill(Number.NaN);
  return (x) => {
    // The result of −0 may differ from that of 0.
    const place = x > 0 && x < SMALL ? x | 0 : -1;
    if (place < 0 || place !== x) return of(x);
    const before = known[place]!;
    if (!Number.isNaN(before)) return before;
    const result = of(x);
    known[place] = result;
    return result;
  };
}
