// Ctrl-C and `kill` in a training: the first signal stops it after the current step, the second ends the
// process at once. Before the first step, and while the run is being written, one signal ends the process.

import { positionText } from "../../compiler/train/state.ts";
import type { DriverEvent, KeptCheckpoint } from "../driver/events.ts";
import { StopSignals } from "./stop-signals.ts";
import type { Terminal } from "./terminal.ts";

/** `PATH stays as it was kept after step 12 of epoch 3` */
export function keptText({ path, at }: KeptCheckpoint): string {
  return `${path} stays as it was kept after ${positionText(at)}`;
}

export class StopOnSignal extends StopSignals {
  private checkpoint: KeptCheckpoint | null = null;

  constructor(out: string, terminal: Terminal) {
    super(out, terminal, {
      stopping: "stopping after this step; once more to stop at once",
      atOnce: () => `stopped at once; ${this.kept === null ? "nothing of it is kept" : keptText(this.kept)}`,
    });
  }

  /** The latest checkpoint while steps are being trained. */
  get kept(): KeptCheckpoint | null {
    return this.isWorking ? this.checkpoint : null;
  }

  /** Keeps track of the training's progress. */
  take(event: DriverEvent): void {
    if (event.kind === "training") [this.isWorking, this.checkpoint] = [true, event.from];
    else if (event.kind === "checkpoint" && event.written) this.checkpoint = event;
    else if (event.kind === "writing") this.release();
  }

  /** Leaves signals to the system again: a kill while the run is written keeps the previous folder. */
  override release(): void {
    this.isWorking = false;
    super.release();
  }
}
