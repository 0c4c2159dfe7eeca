// One who answers one question at a time, with limits of time and memory.

/** Why a question has no answer: it took too long or too much memory, or there is a mistake in the program. */
export type Failure = "time" | "memory" | "mistake";

export interface Limits {
  /** For each part of a question that the one who answers says it is at. */
  readonly milliseconds: number;
  /** Of its heap. */
  readonly megabytes: number;
}

/** Many times what a spec of 10,000 lines takes on a slow machine. */
export const defaultLimits: Limits = { milliseconds: 30_000, megabytes: 1024 };

/** What may be told before the answer. */
export interface Telling {
  /** What it is at from now on, which gets time of its own. */
  readonly at: (what: string) => void;
  readonly log: (problem: unknown) => void;
}

export interface Asking<Q, A> {
  readonly isBusy: boolean;
  /** Whether it remembers questions; one that ended is started anew. */
  readonly isRunning: boolean;
  /** Of the last question. */
  readonly failure: Failure | null;
  /** What it was at last while it answered. */
  readonly at: string | null;
  /** Null where it failed. Nothing is asked while it is busy. */
  ask(question: Q): Promise<A | null>;
}
