// Asynchronous successive halving (Li et al., MLSys 2020): every trial trains for a few epochs, the best
// third of them goes on to more, the best third of these to yet more. Nobody waits for a round to be
// complete.
//
// In the paper, which trial goes on depends on which ended first. Here it does not: trainings are numbered in
// the order in which they were decided on, and what training number n is follows from the results of those up
// to n − `ahead` alone. So up to `ahead` trainings run side by side, and however many do, and in whichever
// order they end, they are the same ones. Pure: a search that was killed is decided anew from the results
// that are there.

export interface HalvingPlan {
  /** How many settings are tried. */
  readonly trials: number;
  /** After how many epochs trials are compared, ascending; the last is the whole training. */
  readonly rungs: readonly number[];
  /** One in so many trials goes on. */
  readonly reduction: number;
  /** How many trainings are decided on before the results of the first of them are needed. */
  readonly ahead: number;
  readonly better: "higher" | "lower";
}

/** A training of one trial from the rung below to this one. */
export interface Job {
  /** From 0. */
  readonly trial: number;
  /** From 0. */
  readonly rung: number;
}

/** What came of a job: the metric on validation rows; null where the training diverged. */
export type JobOutcome = number | null;

export type Outcomes = ReadonlyMap<string, JobOutcome>;

export const jobKey = ({ trial, rung }: Job): string => `${trial}/${rung}`;

export interface Decided {
  /** All that have been decided on so far, in their order. */
  readonly jobs: readonly Job[];
  /** Whether all of them have their outcome and there will be no more. */
  readonly isOver: boolean;
}

/** The rungs of a training of so many epochs: 1, 3, 9 of nine and a reduction of three. */
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

/** What is known of a search after the first results, in the order of the jobs. */
class SearchState {
  readonly jobs: Job[] = [];
  private readonly plan: HalvingPlan;
  /** Jobs whose results count. */
  private settled = 0;
  private begun = 0;
  /** By rung: results, the best first; diverged trials are counted alone. */
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

  /** The best trial that is among the best of its rung and has not gone on, from the highest rung down. */
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
   * Where all is known and too few trials were there for one to be trained to its end: the best of the
   * highest rung goes on.
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
 * The best trial of the highest rung that any has reached: what a training of few epochs promises is not
 * compared with what a longer one keeps. Null where none has a result.
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
