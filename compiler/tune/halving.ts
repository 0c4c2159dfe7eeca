// Asynchronous successive halving (Li et al., MLSys 2020): every trial trains for a few epochs, the best
// third continues to more, and the best third of these to even more. No trial waits for a round to be
// complete.
//
// In the paper, it depends on timing which trial continues. Here it does not: trainings are numbered in the
// order of decision, and training n depends only on the results of those up to n − `ahead`. So up to `ahead`
// trainings run side by side, and the decisions are the same for any number and order of endings. Pure: after
// a kill, the search is decided again from the existing results.

export interface HalvingPlan {
  /** The number of settings to try. */
  readonly trials: number;
  /** The numbers of epochs after which trials are compared, ascending; the last one is the whole training. */
  readonly rungs: readonly number[];
  /** One in this number of trials continues. */
  readonly reduction: number;
  /** The number of trainings that are decided before the result of the first one is needed. */
  readonly ahead: number;
  readonly better: "higher" | "lower";
}

/** A training of one trial from the previous rung to this one. */
export interface Job {
  /** From 0. */
  readonly trial: number;
  /** From 0. */
  readonly rung: number;
}

/** The result of a job: the metric on validation rows; null if the training diverged. */
export type JobOutcome = number | null;

export type Outcomes = ReadonlyMap<string, JobOutcome>;

export const jobKey = ({ trial, rung }: Job): string => `${trial}/${rung}`;

export interface Decided {
  /** All jobs decided so far, in order. */
  readonly jobs: readonly Job[];
  /** Whether all of them have a result and no more will follow. */
  readonly isOver: boolean;
}

/** The rungs of a training: 1, 3, 9 for nine epochs and a reduction of three. */
export function rungsOf(epochs: number, reduction: number): number[] {
  const rungs = [epochs];
  while (reduction > 1 && rungs[0]! > 1) rungs.unshift(Math.max(1, Math.floor(rungs[0]! / reduction)));
  return rungs;
}

export function decide(plan: HalvingPlan, outcomes: Outcomes): Decided {
  const search = new SearchState(plan);
  for (;;) {
    while (search.waiting < plan.ahead && search.add());
    if (search.waiting === 0) return { jobs: search.jobs, isOver: true };
    const outcome = outcomes.get(jobKey(search.next));
    if (outcome === undefined) return { jobs: search.jobs, isOver: false };
    search.settle(outcome);
  }
}

/** The state of a search after the first results, in the order of the jobs. */
class SearchState {
  readonly jobs: Job[] = [];
  private readonly plan: HalvingPlan;
  /** The number of jobs whose results are used. */
  private settled = 0;
  private begun = 0;
  /** By rung: results, the best first; diverged trials are only counted. */
  private readonly results: { readonly trial: number; readonly value: number }[][];
  private readonly counts: number[];
  private readonly promoted: Set<number>[];

  constructor(plan: HalvingPlan) {
    this.plan = plan;
    this.results = plan.rungs.map(() => []);
    this.counts = plan.rungs.map(() => 0);
    this.promoted = plan.rungs.map(() => new Set());
  }

  get waiting(): number {
    return this.jobs.length - this.settled;
  }

  get next(): Job {
    return this.jobs[this.settled]!;
  }

  /** Decides on one more job, if there is one. */
  add(): boolean {
    const job = this.promotion() ?? this.beginning() ?? this.lastPromotion();
    if (job === null) return false;
    if (job.rung > 0) this.promoted[job.rung - 1]!.add(job.trial);
    this.jobs.push(job);
    return true;
  }

  settle(outcome: JobOutcome): void {
    const { trial, rung } = this.next;
    this.settled += 1;
    this.counts[rung]! += 1;
    if (outcome === null) return;
    const sign = this.plan.better === "higher" ? -1 : 1;
    const results = this.results[rung]!;
    results.push({ trial, value: outcome });
    results.sort((a, b) => sign * (a.value - b.value) || a.trial - b.trial);
  }

  /** The best trial that is among the best of its rung and has not continued, from the highest rung down. */
  private promotion(): Job | null {
    const { rungs, reduction } = this.plan;
    for (let rung = rungs.length - 2; rung >= 0; rung--) {
      const best = this.results[rung]!.slice(0, Math.floor(this.counts[rung]! / reduction));
      const found = best.find(({ trial }) => !this.promoted[rung]!.has(trial));
      if (found !== undefined) return { trial: found.trial, rung: rung + 1 };
    }
    return null;
  }

  private beginning(): Job | null {
    if (this.begun >= this.plan.trials) return null;
    this.begun += 1;
    return { trial: this.begun - 1, rung: 0 };
  }

  /**
   * If all results are known and there were too few trials for one to be trained to its end, the best of the
   * highest rung continues.
   */
  private lastPromotion(): Job | null {
    if (this.waiting > 0 || this.results.at(-1)!.length > 0) return null;
    for (let rung = this.plan.rungs.length - 2; rung >= 0; rung--) {
      const found = this.results[rung]!.find(({ trial }) => !this.promoted[rung]!.has(trial));
      if (found !== undefined) return { trial: found.trial, rung: rung + 1 };
    }
    return null;
  }
}

export interface Best extends Job {
  readonly value: number;
}

/**
 * The best trial of the highest rung that any has reached: short and long trainings are not compared. Null if
 * none has a result.
 */
export function bestOf(plan: HalvingPlan, jobs: readonly Job[], outcomes: Outcomes): Best | null {
  let best: Best | null = null;
  for (const job of jobs) {
    const value = outcomes.get(jobKey(job)) ?? null;
    if (value === null) continue;
    if (
      best === null ||
      job.rung > best.rung ||
      (job.rung === best.rung && isBetter(plan, { ...job, value }, best))
    )
      best = { ...job, value };
  }
  return best;
}

function isBetter({ better }: HalvingPlan, a: Best, b: Best): boolean {
  if (a.value === b.value) return a.trial < b.trial;
  return a.value > b.value === (better === "higher");
}
