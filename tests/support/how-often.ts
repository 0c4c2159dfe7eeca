// How much chance there is in a test. `npm test` draws the same cases every time, so that a failure is never one of luck.
// `FUZZ_SEED=1` draws others, `FUZZ=20` twenty times as many; `npm run test:random` takes a seed that nobody has had.

/** Where all that is drawn in a test begins. */
export const seed = Number(process.env["FUZZ_SEED"] ?? 2026);

/** How many times as many cases as in the suite. */
export function times(): number {
  const times = Number(process.env["FUZZ"] ?? 1);
  return times > 0 ? times : 1;
}

/** A number of cases in the suite, and as many more as `FUZZ` asks for. */
export function runs(inSuite: number): number {
  return Math.ceil(inSuite * times());
}

/** For tests that take longer where `FUZZ` is set. */
export const timeout = 60_000 * times();
