// Which trials are trained on: the same ones whatever order trainings end in and however many run side by
// side, the best of each rung, and after a kill the same as without it.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bestOf,
  decide,
  type HalvingPlan,
  type Job,
  type JobOutcome,
  jobKey,
  rungsOf,
} from "../../compiler/tune/halving.ts";

const plans = fc
  .record({
    trials: fc.integer({ min: 1, max: 30 }),
    epochs: fc.integer({ min: 1, max: 30 }),
    reduction: fc.integer({ min: 1, max: 4 }),
    ahead: fc.integer({ min: 1, max: 10 }),
    better: fc.constantFrom<"higher" | "lower">("higher", "lower"),
  })
  .map(({ epochs, ...plan }): HalvingPlan => ({ ...plan, rungs: rungsOf(epochs, plan.reduction) }));

/** What a trial finds at a rung, with ties; a tenth of the trials diverges. */
const outcomeBy =
  (seed: number) =>
  ({ trial, rung }: Job): JobOutcome => {
    const mixed = Math.imul(trial * 31 + 7, 2654435761 + seed) >>> 0;
    if (mixed % 10 === 0) return null;
    return ((mixed >>> 8) % 13) + ((mixed >>> 16) % 3) * rung;
  };

/** Runs a search, `parallel` at a time, of which `choose` says which ends next. */
function searched(
  plan: HalvingPlan,
  value: (job: Job) => JobOutcome,
  parallel: number,
  choose: (running: number) => number,
  known: ReadonlyMap<string, JobOutcome> = new Map(),
): {
  readonly jobs: readonly Job[];
  readonly outcomes: ReadonlyMap<string, JobOutcome>;
  readonly trained: readonly Job[];
} {
  const outcomes = new Map(known);
  const trained: Job[] = [];
  const running: Job[] = [];
  for (;;) {
    const { jobs, isOver } = decide(plan, outcomes);
    const isRunning = (job: Job) => running.some((each) => jobKey(each) === jobKey(job));
    const open = jobs.filter((job) => !outcomes.has(jobKey(job)) && !isRunning(job));
    running.push(...open.slice(0, parallel - running.length));
    if (running.length === 0) {
      expect(isOver).toBe(true);
      return { jobs, outcomes, trained };
    }
    const [job] = running.splice(choose(running.length), 1) as [Job];
    outcomes.set(jobKey(job), value(job));
    trained.push(job);
  }
}

const one = () => 0;

describe("a search by halving", () => {
  test("trains the same trials, whichever ends first and however many run", () => {
    fc.assert(
      fc.property(
        plans,
        fc.nat(),
        fc.integer({ min: 1, max: 10 }),
        fc.infiniteStream(fc.nat()),
        (plan, seed, parallel, order) => {
          const value = outcomeBy(seed);
          const alone = searched(plan, value, 1, one);
          const many = searched(plan, value, Math.min(parallel, plan.ahead), (n) => order.next().value % n);
          expect(many.jobs).toEqual(alone.jobs);
          expect(new Map(many.outcomes)).toEqual(new Map(alone.outcomes));
          expect(bestOf(plan, many.jobs, many.outcomes)).toEqual(bestOf(plan, alone.jobs, alone.outcomes));
        },
      ),
    );
  });

  test("uses up to `ahead` places side by side, and never more", () => {
    fc.assert(
      fc.property(plans, fc.nat(), (plan, seed) => {
        const first = decide(plan, new Map());
        expect(first.jobs).toHaveLength(Math.min(plan.ahead, plan.trials));
        const { outcomes } = searched(plan, outcomeBy(seed), plan.ahead, one);
        const seen = new Map<string, JobOutcome>();
        for (const [key, outcome] of outcomes) {
          const waiting = decide(plan, seen).jobs.filter((job) => !seen.has(jobKey(job)));
          expect(waiting.length).toBeLessThanOrEqual(plan.ahead);
          seen.set(key, outcome);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("goes on after a kill as if there had been none", () => {
    fc.assert(
      fc.property(plans, fc.nat(), fc.nat(), (plan, seed, cut) => {
        const value = outcomeBy(seed);
        const whole = searched(plan, value, 1, one);
        const known = new Map([...whole.outcomes].slice(0, cut % (whole.outcomes.size + 1)));
        const rest = searched(plan, value, 1, one, known);
        expect(rest.jobs).toEqual(whole.jobs);
        expect(rest.trained).toHaveLength(whole.trained.length - known.size);
      }),
    );
  });

  test("tries every trial once, trains none twice to a rung, and goes up rung by rung", () => {
    fc.assert(
      fc.property(plans, fc.nat(), (plan, seed) => {
        const { jobs } = searched(plan, outcomeBy(seed), plan.ahead, one);
        expect(new Set(jobs.map(jobKey)).size).toBe(jobs.length);
        expect(jobs.filter(({ rung }) => rung === 0).map(({ trial }) => trial)).toEqual(
          Array.from({ length: plan.trials }, (_, trial) => trial),
        );
        for (const [i, { trial, rung }] of jobs.entries())
          if (rung > 0)
            expect(jobs.findIndex((job) => job.trial === trial && job.rung === rung - 1)).toSatisfy(
              (below: number) => below >= 0 && below < i,
            );
      }),
    );
  });

  test("a trial that goes on is among the best of its rung, by results that were there; and one is trained to its end", () => {
    fc.assert(
      fc.property(plans, fc.nat(), (plan, seed) => {
        const outcomeOf = outcomeBy(seed);
        const { jobs, outcomes } = searched(plan, outcomeOf, plan.ahead, one);
        const sign = plan.better === "higher" ? -1 : 1;
        /** Whether a job's trial is among the best of the rung below by the results of the first jobs. */
        const isAmongBest = ({ trial, rung }: Job, known: readonly Job[]): boolean => {
          const below = known.filter((job) => job.rung === rung - 1);
          const results = below.flatMap((job) => {
            const value = outcomes.get(jobKey(job)) ?? null;
            return value === null ? [] : [{ trial: job.trial, value }];
          });
          results.sort((a, b) => sign * (a.value - b.value) || a.trial - b.trial);
          const place = results.findIndex((each) => each.trial === trial);
          const isLast = !known.some(
            (job) => job.rung === plan.rungs.length - 1 && outcomes.get(jobKey(job)) !== null,
          );
          return (
            place >= 0 && (place < Math.floor(below.length / plan.reduction) || (isLast && known.length > 0))
          );
        };
        for (const [i, job] of jobs.entries()) {
          if (job.rung === 0) continue;
          const counts = Array.from({ length: Math.min(i, plan.ahead) + 1 }, (_, less) => i - less);
          expect(counts.some((count) => isAmongBest(job, jobs.slice(0, count)))).toBe(true);
        }
        const top = plan.rungs.length - 1;
        const ended = jobs.some((job) => job.rung === top && outcomes.get(jobKey(job)) !== null);
        const couldEnd = jobs.some(({ trial }) =>
          plan.rungs.every((_, rung) => outcomeOf({ trial, rung }) !== null),
        );
        expect(ended).toBe(couldEnd);
      }),
    );
  });

  test("a budget of more trials keeps what is known", () => {
    fc.assert(
      fc.property(plans, fc.nat(), fc.integer({ min: 1, max: 10 }), (plan, seed, more) => {
        const value = outcomeBy(seed);
        const first = searched(plan, value, 1, one);
        const larger = { ...plan, trials: plan.trials + more };
        const second = searched(larger, value, 1, one, first.outcomes);
        expect(second.jobs).toEqual(searched(larger, value, 1, one).jobs);
        for (const job of second.trained) expect(first.outcomes.has(jobKey(job))).toBe(false);
      }),
    );
  });

  test("the best trial is trained to its end where nothing is noise", () => {
    // A trial's value says how good it is at every rung.
    const plan: HalvingPlan = { trials: 27, rungs: [1, 3, 9], reduction: 3, ahead: 4, better: "lower" };
    const value = ({ trial }: Job): JobOutcome => (trial * 7) % 27;
    const { jobs, outcomes } = searched(plan, value, 4, one);
    expect(bestOf(plan, jobs, outcomes)).toEqual({ trial: 0, rung: 2, value: 0 });
    expect(jobs.length).toBeLessThan(27 + 12 + 6);
  });

  test("without reduction every trial is trained to its end at once", () => {
    const plan: HalvingPlan = { trials: 5, rungs: rungsOf(9, 1), reduction: 1, ahead: 8, better: "higher" };
    const { jobs } = searched(plan, outcomeBy(3), 1, one);
    expect(jobs).toEqual([0, 1, 2, 3, 4].map((trial) => ({ trial, rung: 0 })));
  });
});

test.each([
  [9, 3, [1, 3, 9]],
  [10, 3, [1, 3, 10]],
  [3, 3, [1, 3]],
  [2, 3, [1, 2]],
  [1, 3, [1]],
  [16, 4, [1, 4, 16]],
  [20, 2, [1, 2, 5, 10, 20]],
  [9, 1, [9]],
])("of %i epochs and a reduction of %i trials are compared after %j", (epochs, reduction, expected) => {
  expect(rungsOf(epochs, reduction)).toEqual(expected);
});

describe("the best", () => {
  const plan: HalvingPlan = { trials: 3, rungs: [1, 3], reduction: 3, ahead: 8, better: "higher" };
  const outcomes = new Map<string, JobOutcome>([
    ["0/0", 0.9],
    ["1/0", 0.8],
    ["1/1", 0.7],
    ["2/0", null],
  ]);
  const jobs = [...outcomes.keys()].map((key): Job => {
    const [trial, rung] = key.split("/").map(Number) as [number, number];
    return { trial, rung };
  });

  test("is one that was trained further, even where one of fewer epochs promised more", () => {
    expect(bestOf(plan, jobs, outcomes)).toEqual({ trial: 1, rung: 1, value: 0.7 });
    expect(bestOf(plan, jobs.slice(0, 2), outcomes)).toEqual({ trial: 0, rung: 0, value: 0.9 });
    expect(bestOf({ ...plan, better: "lower" }, jobs.slice(0, 2), outcomes)).toMatchObject({ trial: 1 });
    expect(bestOf(plan, jobs.slice(3), outcomes)).toBeNull();
  });
});
