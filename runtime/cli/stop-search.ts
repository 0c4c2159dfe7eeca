// Ctrl-C and `kill` in a search: what ended is kept, what runs is not waited for. Before the search begins they end the process.

import { exitCodes } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

const SIGNALS = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;
type StopSignal = keyof typeof SIGNALS;

export class StopSearch {
  private readonly out: string;
  private readonly terminal: Terminal;
  private readonly controller = new AbortController();
  private isSearching = false;
  private stopping: StopSignal | null = null;

  constructor(out: string, terminal: Terminal) {
    this.out = out;
    this.terminal = terminal;
    for (const signal of Object.keys(SIGNALS)) process.on(signal, this.onSignal);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** What the process ends with. */
  get code(): number {
    return SIGNALS[this.stopping ?? "SIGINT"];
  }

  /** From now on there is something to go on with. */
  begin(): void {
    this.isSearching = true;
  }

  release(): void {
    for (const signal of Object.keys(SIGNALS)) process.off(signal, this.onSignal);
  }

  private readonly onSignal = (signal: StopSignal): void => {
    if (!this.isSearching || this.stopping !== null) {
      this.terminal.say(
        this.isSearching
          ? "stopped at once; --resume goes on"
          : `stopped: nothing was written to ${this.out}`,
      );
      process.exit(SIGNALS[signal]);
    }
    this.stopping = signal;
    this.terminal.say("stopping; what has ended is kept");
    this.controller.abort();
  };
}
