// Finds the number of threads that makes a step fastest, from measured times. Results are the same for any
// number.

import type { SimdForm } from "./form.ts";
import type { LoadLibrary } from "./machine.ts";
import type { OtherForm } from "./other-form.ts";
import type { TeamThread, ThreadTask } from "./slices.ts";

export interface Threads {
  /** The most that are useful: one for each core. */
  readonly most: number;
  /** Whether the user chose this number, so that it is not to be measured. */
  readonly isFixed: boolean;
  /** Starts a thread that calls `Slices.serve`. */
  start(task: ThreadTask): TeamThread;
}

/** The machine's means for training. */
export interface WasmMachine {
  /** Null for a single thread. */
  readonly threads: Threads | null;
  readonly form: SimdForm;
  /** Null if the machine has none, or it is not wanted. */
  readonly other?: OtherForm | null;
  /** For a form that is native code. */
  readonly loadLibrary?: LoadLibrary;
}

/** Steps before anything is timed, while code is not compiled yet. */
const WARM = 30;
/**
 * Steps that are timed with each number of threads. Their median counts, because other programs delay some of
 * them.
 */
const TRIES = 9;
/** Fewer of them are enough once they have taken this long together. */
const FEW_TRIES = 3;
const ENOUGH_MS = 60;
/** The number of steps for which a result is used. */
const HOLDS = 2_000;
/** Shorter steps do not benefit from more threads. */
const SHORT_MS = 0.3;
/** Longer ones do, as far as is known before anything is timed: they get so many at once. */
const LONG_MS = 3;
const FIRST_THREADS = 4;
/** The factor by which more threads must shorten a step. */
const GAIN = 0.95;

/** Finds the number of threads from the times of steps: 1, 2, 4 … as long as it helps. */
export class ThreadCount {
  private readonly most: number;
  private readonly isFixed: boolean;
  private chosen = 1;
  private best = Number.POSITIVE_INFINITY;
  /** The number of threads on trial, and its times so far; null while a result holds. */
  private trial: { readonly threads: number; readonly times: number[] } | null = null;
  /** Steps until the next trial. */
  private left = WARM;

  constructor(most: number, isFixed: boolean) {
    this.most = most;
    this.isFixed = isFixed;
    if (isFixed) this.chosen = most;
  }

  /** The number for the next step. */
  get wanted(): number {
    return this.trial?.threads ?? this.chosen;
  }

  /** The best number as far as is known. */
  get likely(): number {
    return this.chosen;
  }

  /** Measures again, because steps take a different time now. */
  again(): void {
    this.trial = null;
    this.left = 1;
  }

  /** Records the duration of a step with this number of threads. */
  took(ms: number, threads: number): void {
    if (this.isFixed || this.most === 1) return;
    if (this.trial === null) {
      if (this.best === Number.POSITIVE_INFINITY && ms >= LONG_MS)
        this.chosen = Math.min(this.most, Math.max(this.chosen, FIRST_THREADS));
      this.left -= 1;
      if (this.left > 0) return;
      this.best = Number.POSITIVE_INFINITY;
      this.trial = { threads: 1, times: [] };
      return;
    }
    // Started threads take a while to run.
    if (threads < this.trial.threads) return;
    const { times } = this.trial;
    times.push(ms);
    const isEnough = times.length >= FEW_TRIES && times.reduce((sum, each) => sum + each, 0) >= ENOUGH_MS;
    if (isEnough || times.length === TRIES) this.judge(this.trial.threads, times);
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
