// How many cases a test has, and how much chance there is in it. `npm test` draws the same cases every time, so that a failure
// is never one of luck. `FUZZ_SEED=1` draws others, `FUZZ=20` twenty times as many; `npm run test:random` takes a seed that
// nobody has had. A sweep has many cases of one kind: `npm test` runs a part of them, and `npm run test:more` the rest.

/** Whether a sweep runs what `npm test` leaves out; vitest.config.ts sets it. */
const isRest = process.env["SWEEP"] === "rest";

/** Where all that is drawn in a test begins. The rest of a sweep draws other cases. */
export const seed = Number(process.env["FUZZ_SEED"] ?? 2026) + (isRest ? 1 : 0);

/** `npm test` runs one case of so many. */
const PART = 6;

/** The cases of a sweep that run here: some, spread over all of them, or the others. */
export function sweep<T>(all: readonly T[], part = PART): T[] {
  return all.filter((_, i) => (i % part === 0) !== isRest);
}

/** A number of drawn cases in a sweep, as `runs` gives those of a test that has all of them in `npm test`. */
export function sweepRuns(inAll: number, part = PART): number {
  const here = Math.ceil(inAll / part);
  return runs(isRest ? inAll - here : here);
}

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
export const timeout = 180_000 * times();
