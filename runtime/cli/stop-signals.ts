// Ctrl-C and `kill` in a command that lasts: the first asks it to stop, the second ends the process at once.
// Before the work begins one is enough.

import { exitCodes } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

const SIGNALS = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;
type StopSignal = keyof typeof SIGNALS;

/** What is said. */
export interface StopWords {
  /** At the first signal. */
  readonly stopping: string;
  /** At the second, which ends the process. */
  atOnce(): string;
}

export class StopSignals {
  private readonly out: string;
  private readonly terminal: Terminal;
  private readonly words: StopWords;
  private readonly controller = new AbortController();
  private stopping: StopSignal | null = null;
  /** Whether there is work that has to be stopped. */
  isWorking = false;

  /** Nothing was written to `out` where the work has not begun. */
  constructor(out: string, terminal: Terminal, words: StopWords) {
    [this.out, this.terminal, this.words] = [out, terminal, words];
    for (const signal of Object.keys(SIGNALS)) process.on(signal, this.onSignal);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** What the process ends with. */
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
