// How many cases a test has, and how much chance there is in it. `npm test` draws the same cases every time, so that a failure
// is never one of luck. `FUZZ_SEED=1` draws others, three times as many; `FUZZ=20` twenty times as many; `npm run test:random`
// takes a seed that nobody has had. A sweep has many cases of one kind: `npm test` runs a part of them, and `npm run test:more` the rest.

/** Whether a sweep runs the cases that `npm test` leaves out; vitest.config.ts sets it. */
const isRest = process.env["SWEEP"] === "rest";

/** The seed of everything random in a test. The rest of a sweep draws other cases. */
export const seed = Number(process.env["FUZZ_SEED"] ?? 2026) + (isRest ? 1 : 0);

/** `npm test` runs one of this many cases. */
const PART = 12;

/** The cases of a sweep that run here: some, spread over all of them, or the others. */
export function sweep<T>(all: readonly T[], part = PART): T[] {
  return all.filter((_, i) => (i % part === 0) !== isRest);
}

/** One case of each kind, by turns the first, the second and so on, runs in `npm test`; the others in the rest. */
export function sweepKinds<T>(all: readonly T[], kindOf: (each: T) => string): T[] {
  const kinds = new Map<string, T[]>();
  for (const each of all) kinds.set(kindOf(each), [...(kinds.get(kindOf(each)) ?? []), each]);
  return [...kinds.values()].flatMap((cases, turn) =>
    cases.filter((_, i) => (i === turn % cases.length) !== isRest),
  );
}

/** The number of random cases in a sweep, like `runs` for tests whose cases all run in `npm test`. */
export function sweepRuns(inAll: number, part = PART): number {
  const here = Math.ceil(inAll / part);
  return runs(isRest ? inAll - here : here);
}

/** The factor for the number of cases. */
export function times(): number {
  const times = Number(process.env["FUZZ"] ?? 1);
  return times > 0 ? times : 1;
}

/** With another seed a property draws so many times as many cases as in `npm test`. */
const WITH_OTHER_SEED = 3;

/** The number of cases in `npm test`, multiplied by `FUZZ`, and for another seed. */
export function runs(inSuite: number): number {
  return Math.ceil(inSuite * times() * (process.env["FUZZ_SEED"] === undefined ? 1 : WITH_OTHER_SEED));
}

/** For tests that take longer if `FUZZ` is set. */
export const timeout = 180_000 * times();
