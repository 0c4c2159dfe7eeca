// Ctrl-C and `kill` in a training: the first stops it after the step that runs, the second ends the process at once. Before the
// first step, and once the run is being written, there is nothing to wait for.

import { positionText } from "../../compiler/train/state.ts";
import type { DriverEvent, KeptCheckpoint } from "../driver/events.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

const SIGNALS = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;
type StopSignal = keyof typeof SIGNALS;

/** `PATH stays as it was kept after step 12 of epoch 3` */
export function keptText({ path, at }: KeptCheckpoint): string {
  return `${path} stays as it was kept after ${positionText(at)}`;
}

export class StopOnSignal {
  private readonly out: string;
  private readonly terminal: Terminal;
  private readonly controller = new AbortController();
  private isTraining = false;
  private checkpoint: KeptCheckpoint | null = null;
  private stopping: StopSignal | null = null;

  constructor(out: string, terminal: Terminal) {
    this.out = out;
    this.terminal = terminal;
    for (const signal of Object.keys(SIGNALS)) process.on(signal, this.onSignal);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** While steps are being trained: the checkpoint that there is. */
  get kept(): KeptCheckpoint | null {
    return this.isTraining ? this.checkpoint : null;
  }

  /** What the process ends with. */
  get code(): number {
    return SIGNALS[this.stopping ?? "SIGINT"];
  }

  /** Learns how far the training is. */
  take(event: DriverEvent): void {
    if (event.kind === "training") [this.isTraining, this.checkpoint] = [true, event.from];
    else if (event.kind === "checkpoint" && event.written) this.checkpoint = event;
    else if (event.kind === "writing") this.release();
  }

  /** Leaves signals to the system again: a kill while the run is written leaves what was there. */
  release(): void {
    this.isTraining = false;
    for (const signal of Object.keys(SIGNALS)) process.off(signal, this.onSignal);
  }

  private readonly onSignal = (signal: StopSignal): void => {
    const { terminal, kept } = this;
    if (!this.isTraining || this.stopping !== null) {
      terminal.say(
        this.isTraining
          ? `stopped at once; ${kept === null ? "nothing of it is kept" : keptText(kept)}`
          : `stopped: nothing was written to ${this.out}`,
      );
      process.exit(SIGNALS[signal]);
    }
    this.stopping = signal;
    terminal.say("stopping after this step; once more to stop at once");
    this.controller.abort();
  };
}
