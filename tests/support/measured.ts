// How long something takes, by the processor's time: what else the machine does is not counted.

export function measured<T>(run: () => T): { readonly result: T; readonly milliseconds: number } {
  const start = process.cpuUsage();
  const result = run();
  return { result, milliseconds: process.cpuUsage(start).user / 1000 };
}

/**
 * How many times as long the second takes as the first: the least of up to five ratios, for as long as they are not
 * below the bound, since a collection of garbage may spoil a few.
 */
export function leastRatio(short: () => unknown, long: () => unknown, bound: number): number {
  const ratio = () => {
    const [first, second] = [short, long].map((run) => measured(run).milliseconds);
    return second! / Math.max(2, first!);
  };
  // The first run compiles.
  short();
  let least = ratio();
  for (let again = 0; again < 4 && least >= bound; again++) least = Math.min(least, ratio());
  return least;
}

const MOST_MILLISECONDS = 2000;

/** Throws where `run` takes longer than anything about one short text may, three times: garbage may be collected in one. */
export function timed<T>(what: string, run: () => T): T {
  for (let attempt = 1; ; attempt++) {
    const { result, milliseconds } = measured(run);
    if (milliseconds <= MOST_MILLISECONDS) return result;
    if (attempt === 3) throw new Error(`${what} took ${Math.round(milliseconds)} ms, three times`);
  }
}
