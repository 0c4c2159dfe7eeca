// How close numbers of f32 arithmetic must come to the f64 reference.

/** What differs, in a sentence; null where all numbers agree. */
export function difference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  absolute = 1e-6,
  relative = 1e-5,
): string | null {
  if (actual.length !== expected.length) return `${actual.length} numbers, not ${expected.length}`;
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs(actual[i]! - expected[i]!);
    // Written so that NaN differs.
    if (!(distance <= absolute + relative * Math.abs(expected[i]!)))
      return `number ${i} is ${actual[i]}, not ${expected[i]}`;
  }
  return null;
}
