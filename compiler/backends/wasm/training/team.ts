// How many threads a step has: as many as make it faster. Which that is shows while it runs; results are the
// same for any number.

import type { SimdForm } from "./form.ts";
import type { TeamThread, ThreadTask } from "./slices.ts";
import type { WideVectors } from "./wide.ts";

export interface Threads {
  /** The most that are of use: one for each core. */
  readonly most: number;
  /** Whether that is what was asked for, and not to be found out. */
  readonly isFixed: boolean;
  /** Starts a thread that calls `Slices.serve`. */
  start(task: ThreadTask): TeamThread;
}

/** What a machine has for training. */
export interface WasmMachine {
  /** Null where one thread does all. */
  readonly threads: Threads | null;
  readonly form: SimdForm;
  /** Null where it has none, or nobody wants them. */
  readonly wide?: WideVectors | null;
}

/** Steps before anything is timed: code is not compiled yet. */
const WARM = 30;
/** Steps that are timed with each number of threads; their median counts, as other programs hold up some of them. */
const TRIES = 9;
/** How many steps a finding holds. */
const HOLDS = 2_000;
/** What a step that is shorter has no use for more threads. */
const SHORT_MS = 0.3;
/** More threads must make a step so much shorter. */
const GAIN = 0.95;

/** Finds the number of threads from the times of steps: 1, 2, 4 … as long as it helps. */
export class ThreadCount {
  private readonly most: number;
  private readonly isFixed: boolean;
  private chosen = 1;
  private best = Number.POSITIVE_INFINITY;
  /** The number of threads on trial, and its times so far; null while a result holds. */
  private trial: { readonly threads: number; readonly times: number[] } | null = null;
  /** Steps until something is tried. */
  private left = WARM;

  constructor(most: number, isFixed: boolean) {
    this.most = most;
    this.isFixed = isFixed;
    if (isFixed) this.chosen = most;
  }

  /** How many the next step should have. */
  get wanted(): number {
    return this.trial?.threads ?? this.chosen;
  }

  /** Steps take another time now: finds the number anew. */
  again(): void {
    this.trial = null;
    this.left = 1;
  }

  /** Notes how long a step with this number of threads took. */
  took(ms: number, threads: number): void {
    if (this.isFixed || this.most === 1) return;
    if (this.trial === null) {
      this.left -= 1;
      if (this.left > 0) return;
      this.best = Number.POSITIVE_INFINITY;
      this.trial = { threads: 1, times: [] };
      return;
    }
    // Threads that were started take a while to be there.
    if (threads < this.trial.threads) return;
    this.trial.times.push(ms);
    if (this.trial.times.length === TRIES) this.judge(this.trial.threads, this.trial.times);
  }

  private judge(threads: number, times: number[]): void {
    const median = times.toSorted((a, b) => a - b)[times.length >> 1]!;
    const isBetter = median < GAIN * this.best;
    if (isBetter) {
      this.best = median;
      this.chosen = threads;
    }
    const next = Math.min(2 * threads, this.most);
    const isOver = !isBetter || next === threads || this.best < SHORT_MS;
    this.trial = isOver ? null : { threads: next, times: [] };
    if (isOver) this.left = HOLDS;
  }
}
