// Ctrl-C and `kill` in a long command: the first signal asks it to stop, the second ends the process at once.
// Before the work begins, the first ends the process.

import { exitCodes } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

const SIGNALS = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;
type StopSignal = keyof typeof SIGNALS;

/** The messages. */
export interface StopWords {
  /** Shown at the first signal. */
  readonly stopping: string;
  /** Shown at the second signal, which ends the process. */
  atOnce(): string;
}

export class StopSignals {
  private readonly out: string;
  private readonly terminal: Terminal;
  private readonly words: StopWords;
  private readonly controller = new AbortController();
  private stopping: StopSignal | null = null;
  /** Whether a signal has to stop some work first. */
  isWorking = false;

  /** Nothing has been written to `out` before the work begins. */
  constructor(out: string, terminal: Terminal, words: StopWords) {
    [this.out, this.terminal, this.words] = [out, terminal, words];
    for (const signal of Object.keys(SIGNALS)) process.on(signal, this.onSignal);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The exit code of the process. */
  get code(): number {
    return SIGNALS[this.stopping ?? "SIGINT"];
  }

  /** Leaves signals to the system again. */
  release(): void {
    for (const signal of Object.keys(SIGNALS)) process.off(signal, this.onSignal);
  }

  private readonly onSignal = (signal: StopSignal): void => {
    const { terminal, words, isWorking } = this;
    if (!isWorking || this.stopping !== null) {
      terminal.say(isWorking ? words.atOnce() : `stopped: nothing was written to ${this.out}`);
      process.exit(SIGNALS[signal]);
    }
    this.stopping = signal;
    terminal.say(words.stopping);
    this.controller.abort();
  };
}
