// Keeps a training of the command line: says where it may begin or go on, writes its checkpoint now and then, and stops
// it after a step when the person asks.

import {
  type Checkpoint,
  checkpointOf,
  identityOf,
  isThere,
  readCheckpoint,
  removeCheckpoint,
  requireSame,
  writeCheckpoint,
} from "../../runtime/run/checkpoint.ts";
import { removeLeftovers } from "../../runtime/run/leftovers.ts";
import { claimRun, isRun } from "../../runtime/run/write-run.ts";
import { type Checkpoints, TrainingStopped, type TrainState } from "../../runtime/train/state.ts";
import { checkpointUnwritable, trainingUnfinished } from "../diagnostics/catalog/checkpoints.ts";
import { DiagnosticError, diagnose, nowhere } from "../diagnostics/diagnostic.ts";
import { exitCodes } from "./exit-codes.ts";
import { printDiagnostics } from "./print-diagnostics.ts";
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

/** After which step a training stands. */
interface Place {
  readonly epoch: number;
  readonly steps: number;
}

const placeOf = ({ epochs, running }: TrainState): Place => ({
  epoch: epochs.length + 1,
  steps: running.steps,
});

const placeText = ({ epoch, steps }: Place): string => `step ${steps} of epoch ${epoch}`;

export class KeptTraining {
  private readonly options: KeepOptions;
  private readonly terminal: Terminal;
  private readonly path: string;
  private readonly found: Checkpoint | null;
  /** Lets others make a run here. */
  private readonly unclaim: () => void;
  private isTraining = false;
  private stopping: StopSignal | null = null;
  /** Whether the checkpoint could not be written when that was tried last; said once. */
  private isFailing = false;
  /** Whether where training stands now is in the checkpoint. */
  private isKept = false;
  /** The place that the checkpoint has; null where there is none. */
  private kept: Place | null;
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
    this.kept = found && placeOf(found.state);
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
    const found = (await isThere(path)) && (!force || resume) ? await readCheckpoint(path) : null;
    if (resume && found === null && (await isRun(out))) {
      terminal.say(`${out} is complete: there is nothing to resume`);
      return null;
    }
    const unclaim = await claimRun(out, force);
    await removeLeftovers(path);
    if (found !== null && !resume) {
      unclaim();
      const place = { path, ...placeOf(found.state) };
      const help = "Go on with --resume, or begin anew with --force.";
      throw new DiagnosticError([diagnose(trainingUnfinished, place, nowhere, { help })]);
    }
    return new KeptTraining(options, terminal, found, unclaim);
  }

  /**
   * Runs `train` with what keeps it. Gives the exit code instead where the person stopped it. Throws DiagnosticError where
   * the checkpoint is of another training, or where training cannot go on.
   */
  async run<T>(
    training: Parameters<typeof identityOf>[0],
    train: (checkpoints: Checkpoints) => Promise<T>,
  ): Promise<{ readonly result: T } | { readonly code: number }> {
    const { found, path, terminal } = this;
    const identity = identityOf(training);
    if (found !== null) {
      requireSame(path, found, identity, training.program);
      terminal.say(`going on after ${placeText(placeOf(found.state))}`);
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
      if (error instanceof DiagnosticError && this.kept !== null)
        terminal.say(`${path} stays as it was kept after ${placeText(this.kept)}`);
      if (!(error instanceof TrainingStopped)) throw error;
      const where = `stopped after ${placeText(error)}`;
      const before = this.kept === null ? "" : `; ${path} stays as it was kept after ${placeText(this.kept)}`;
      terminal.say(
        this.isKept
          ? `${where}: go on with the same command and --resume`
          : `${where}, which is not kept${before}`,
      );
      return { code: SIGNALS[this.stopping ?? "SIGINT"] };
    } finally {
      // From here on a run is written, or nothing: a kill leaves what was there.
      this.ignoreSignals();
    }
  }

  /**
   * Writes the run by `write`; then its checkpoint is of no more use. Throws DiagnosticError where the run cannot be written,
   * which says what is left of the training.
   */
  async finish(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!(error instanceof DiagnosticError) || this.kept === null) throw error;
      const help = `${this.path} holds the training after ${placeText(this.kept)}: make room, then go on with the same command and --resume`;
      throw new DiagnosticError(error.diagnostics.map((diagnostic) => ({ ...diagnostic, help })));
    }
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
      if (this.isFailing) this.terminal.say(`${this.path} can be written again`);
      [this.isKept, this.isFailing, this.kept] = [true, false, placeOf(checkpoint.state)];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      if (!this.isFailing) this.sayUnwritable((error as Error).message);
      [this.isKept, this.isFailing] = [false, true];
    }
    this.lastSaved = performance.now();
    this.longestSave = Math.max(this.longestSave, this.lastSaved - started);
  }

  private sayUnwritable(reason: string): void {
    const help =
      this.kept === null
        ? "until it can be, nothing of this training is kept"
        : `it stays as it was kept after ${placeText(this.kept)}`;
    const parameters = { path: this.path, reason };
    printDiagnostics([diagnose(checkpointUnwritable, parameters, nowhere, { help })], this.terminal);
  }

  private readonly onSignal = (signal: StopSignal): void => {
    const { terminal, path } = this;
    if (!this.isTraining || this.stopping !== null) {
      this.unclaim();
      terminal.say(
        this.isTraining
          ? `stopped at once; ${this.kept === null ? "nothing of it is kept" : `${path} stays as it was kept after ${placeText(this.kept)}`}`
          : `stopped: nothing was written to ${this.options.out}`,
      );
      process.exit(SIGNALS[signal]);
    }
    this.stopping = signal;
    terminal.say("stopping after this step; once more to stop at once");
  };
}
