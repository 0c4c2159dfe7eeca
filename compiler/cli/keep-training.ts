// Keeps a training of the command line: says where it may begin or go on, writes its checkpoint now and then, and stops
// it behind a step when the person asks.

import {
  type Checkpoint,
  checkpointOf,
  identityOf,
  readCheckpoint,
  removeCheckpoint,
  requireSame,
  writeCheckpoint,
} from "../../runtime/run/checkpoint.ts";
import { removeLeftovers } from "../../runtime/run/leftovers.ts";
import { claimRun, isRun } from "../../runtime/run/write-run.ts";
import { type Checkpoints, TrainingStopped } from "../../runtime/train/state.ts";
import { checkpointUnwritable, trainingUnfinished } from "../diagnostics/catalog/checkpoints.ts";
import { DiagnosticError, diagnose, nowhere } from "../diagnostics/diagnostic.ts";
import { exitCodes } from "./exit-codes.ts";
import { sayDiagnostics } from "./say-diagnostics.ts";
import type { Terminal } from "./terminal.ts";

export interface KeepOptions {
  readonly out: string;
  readonly force?: boolean;
  readonly resume?: boolean;
  /** Seconds. */
  readonly checkpointEvery: number;
}

/** Writing takes at most about this share of the time. */
const LARGEST_SHARE = 1 / 20;

const SIGNALS = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;
type StopSignal = keyof typeof SIGNALS;

export class KeptTraining {
  private readonly options: KeepOptions;
  private readonly terminal: Terminal;
  private readonly path: string;
  private readonly found: Checkpoint | null;
  /** Lets others make a run here. */
  private readonly unclaim: () => void;
  private isTraining = false;
  private stopping: StopSignal | null = null;
  private isKept = false;
  private lastSaved = performance.now();
  private longestSave = 0;

  private constructor(
    options: KeepOptions,
    terminal: Terminal,
    found: Checkpoint | null,
    unclaim: () => void,
  ) {
    this.options = options;
    this.terminal = terminal;
    this.path = checkpointOf(options.out);
    this.found = found;
    this.unclaim = unclaim;
    for (const signal of Object.keys(SIGNALS)) process.on(signal, this.onSignal);
  }

  /**
   * Makes sure that the run can be written and that nothing is lost by it; null where --resume finds it complete. Throws
   * DiagnosticError where the person has to decide.
   */
  static async claim(options: KeepOptions, terminal: Terminal): Promise<KeptTraining | null> {
    const { out, force = false, resume = false } = options;
    const path = checkpointOf(out);
    const found = force && !resume ? null : await readCheckpoint(path);
    if (resume && found === null && (await isRun(out))) {
      terminal.say(`${out} is complete: there is nothing to resume`);
      return null;
    }
    const unclaim = await claimRun(out, force);
    await removeLeftovers(path);
    if (found !== null && !resume) {
      unclaim();
      const { epochs, running } = found.state;
      const place = { path, epoch: epochs.length + 1, steps: running.steps };
      const help = "Go on with --resume, or begin anew with --force.";
      throw new DiagnosticError([diagnose(trainingUnfinished, place, nowhere, { help })]);
    }
    return new KeptTraining(options, terminal, found, unclaim);
  }

  /**
   * Runs `train` with what keeps it. Gives the exit code instead where the person stopped it. Throws DiagnosticError where
   * the checkpoint is of another training.
   */
  async run<T>(
    training: Parameters<typeof identityOf>[0],
    train: (checkpoints: Checkpoints) => Promise<T>,
  ): Promise<{ readonly result: T } | { readonly code: number }> {
    const { found, path, terminal } = this;
    const identity = identityOf(training);
    if (found !== null) {
      requireSame(path, found, identity, training.program);
      const { epochs, running } = found.state;
      terminal.say(`going on behind step ${running.steps} of epoch ${epochs.length + 1}`);
    } else if (this.options.resume)
      terminal.say("no training was cut off here: beginning with the first step");
    this.isTraining = true;
    this.lastSaved = performance.now();
    try {
      const result = await train({
        from: found?.state ?? null,
        due: () => performance.now() - this.lastSaved > this.interval(),
        stopping: () => this.stopping !== null,
        save: (state) => this.save({ identity, state }),
      });
      return { result };
    } catch (error) {
      if (!(error instanceof TrainingStopped)) throw error;
      const where = `stopped behind step ${error.steps} of epoch ${error.epoch}`;
      terminal.say(
        this.isKept ? `${where}: go on with the same command and --resume` : `${where}, which is not kept`,
      );
      return { code: SIGNALS[this.stopping ?? "SIGINT"] };
    } finally {
      // From here on a run is written, or nothing: a kill leaves what was there.
      this.ignoreSignals();
    }
  }

  /** The run is written: its checkpoint is of no more use. */
  async finish(): Promise<void> {
    await removeCheckpoint(this.path);
  }

  /** Whatever came of it: nothing of this training is left but what it wrote. */
  release(): void {
    this.ignoreSignals();
    this.unclaim();
  }

  /** Leaves signals to the system again. */
  private ignoreSignals(): void {
    for (const signal of Object.keys(SIGNALS)) process.off(signal, this.onSignal);
  }

  private interval(): number {
    return Math.max(1000 * this.options.checkpointEvery, this.longestSave / LARGEST_SHARE);
  }

  private async save(checkpoint: Checkpoint): Promise<void> {
    const started = performance.now();
    try {
      await writeCheckpoint(this.path, checkpoint);
      this.isKept = true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      this.isKept = false;
      const { message: reason } = error as Error;
      sayDiagnostics([diagnose(checkpointUnwritable, { path: this.path, reason }, nowhere)], this.terminal);
    }
    this.lastSaved = performance.now();
    this.longestSave = Math.max(this.longestSave, this.lastSaved - started);
  }

  private readonly onSignal = (signal: StopSignal): void => {
    const { terminal, path } = this;
    if (!this.isTraining || this.stopping !== null) {
      this.unclaim();
      terminal.say(
        this.isTraining
          ? `stopped at once; ${path} is as it was kept last`
          : `stopped: nothing was written to ${this.options.out}`,
      );
      process.exit(SIGNALS[signal]);
    }
    this.stopping = signal;
    terminal.say("stopping behind this step; once more to stop at once");
  };
}
