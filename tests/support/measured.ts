// Measures processor time, which other work of the machine does not affect.

export function measured<T>(run: () => T): { readonly result: T; readonly milliseconds: number } {
  const start = process.cpuUsage();
  const result = run();
  return { result, milliseconds: process.cpuUsage(start).user / 1000 };
}

/**
 * The ratio of the second time to the first: the least of up to five, until one is below the bound, because
 * garbage collection may spoil a few.
 */
export function leastRatio(short: () => unknown, long: () => unknown, bound: number): number {
  const ratio = () => {
    const [first, second] = [short, long].map((run) => measured(run).milliseconds);
    return second! / Math.max(2, first!);
  };
  // The first run includes compilation.
  short();
  let least = ratio();
  for (let again = 0; again < 4 && least >= bound; again++) least = Math.min(least, ratio());
  return least;
}

/** The most work that is allowed takes 1.3 s; a busy machine's shared cores double processor time. */
const MOST_MILLISECONDS = 5000;

/**
 * Throws if `run` takes longer than a short text may, three times in a row, because one run may include
 * garbage collection.
 */
export function timed<T>(what: string, run: () => T): T {
  for (let attempt = 1; ; attempt++) {
    const { result, milliseconds } = measured(run);
    if (milliseconds <= MOST_MILLISECONDS) return result;
    if (attempt === 3) throw new Error(`${what} took ${Math.round(milliseconds)} ms, three times`);
  }
}
