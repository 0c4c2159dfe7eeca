// How many threads a step has: as many as make it faster. Which that is shows while it runs; results are the same for any number.

import type { Form } from "./form.ts";
import type { TeamThread, ThreadTask } from "./slices.ts";

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
  readonly form: Form;
  /** Whether it makes one vector of eight numbers of two of four: results are the same. */
  readonly isWide?: boolean;
}

/** Steps that are timed with each number of threads; the fastest of them counts. */
const TRIES = 8;
/** How many steps a finding holds. */
const HOLDS = 2_000;
/** What a step that is shorter has no use for more threads. */
const SHORT_MS = 0.3;
/** One thread more must make a step so much shorter. */
const GAIN = 0.95;

/** Finds the number of threads from the times of steps. */
export class ThreadCount {
  private readonly most: number;
  private readonly isFixed: boolean;
  private best = Number.POSITIVE_INFINITY;
  private chosen = 1;
  private trying = 1;
  private times = 0;
  private fastest = Number.POSITIVE_INFINITY;

  constructor(most: number, isFixed: boolean) {
    this.most = most;
    this.isFixed = isFixed;
    if (isFixed) this.chosen = most;
  }

  /** Of the next step. */
  get count(): number {
    return this.isFixed ? this.chosen : this.trying;
  }

  took(ms: number): void {
    if (this.isFixed || this.most === 1) return;
    this.times += 1;
    if (this.trying === this.chosen && this.times > TRIES) {
      if (this.times < HOLDS) return;
      // Other programs may run now, or no longer.
      this.best = Number.POSITIVE_INFINITY;
      this.begin(1);
      return;
    }
    // The first one has what is not there yet: code that is compiled, a thread that starts.
    if (this.times > 1) this.fastest = Math.min(this.fastest, ms);
    if (this.times < TRIES) return;
    const isBetter = this.fastest < GAIN * this.best;
    if (isBetter) {
      this.best = this.fastest;
      this.chosen = this.trying;
    }
    const next = Math.min(2 * this.trying, this.most);
    const isOver = !isBetter || next === this.trying || this.best < SHORT_MS;
    if (isOver) {
      this.trying = this.chosen;
      this.times = TRIES;
    } else this.begin(next);
  }

  private begin(threads: number): void {
    this.trying = threads;
    this.times = 0;
    this.fastest = Number.POSITIVE_INFINITY;
  }
}
