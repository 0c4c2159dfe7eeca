// The interface of an object that answers one question at a time, with limits of time and memory.

/** Why a question has no answer: it exceeded the limit of time or of memory, or the program has a bug. */
export type Failure = "time" | "memory" | "mistake";

export interface Limits {
  /** The time for each reported part of a question. */
  readonly milliseconds: number;
  /** The limit of the heap. */
  readonly megabytes: number;
}

/** Many times the needs of a spec with 10,000 lines on a slow machine. */
export const defaultLimits: Limits = { milliseconds: 30_000, megabytes: 1024 };

/** Messages that may precede the answer. */
export interface Telling {
  /** Reports the current part, for which the time limit starts again. */
  readonly at: (what: string) => void;
  readonly log: (problem: unknown) => void;
}

export interface Asking<Q, A> {
  readonly isBusy: boolean;
  /** Whether it remembers questions; it is restarted after it ended. */
  readonly isRunning: boolean;
  /** The failure of the last question. */
  readonly failure: Failure | null;
  /** The part that was last reported while it answered. */
  readonly at: string | null;
  /** Null if it failed. It must not be busy. */
  ask(question: Q): Promise<A | null>;
}
