// Runs a training with checkpoints: reports where it begins or continues, writes its checkpoint from time to
// time, and stops it after a step when the caller asks for that.

import { rm } from "node:fs/promises";
import { option, type Wording, wording } from "../../compiler/common/option-text.ts";
import { checkpointUnwritable, trainingUnfinished } from "../../compiler/diagnostics/catalog/checkpoints.ts";
import { shared } from "../../compiler/diagnostics/catalog/helps.ts";
import { DiagnosticError, diagnose, noLocation, withTexts } from "../../compiler/diagnostics/diagnostic.ts";
import {
  type Checkpoints,
  positionOf,
  positionText,
  type TrainingPosition,
} from "../../compiler/train/state.ts";
import { removeLeftovers } from "../files/leftovers.ts";
import {
  type Checkpoint,
  checkpointOf,
  identityOf,
  isThere,
  readCheckpoint,
  removeCheckpoint,
  requireSame,
  stoppedRunOf,
  writeCheckpoint,
} from "../run/checkpoint.ts";
import { claimRun, isRun } from "../run/write-run.ts";
import { type KeptCheckpoint, Stopped, tellDiagnostics, type Watch } from "./events.ts";

export interface CheckpointOptions extends Watch {
  /** The run folder to write; until the run is complete, the checkpoint is next to it as `OUT.checkpoint`. */
  readonly out: string;
  /** Replaces an existing run, and restarts an interrupted training; otherwise either is an error. */
  readonly force?: boolean;
  /** Seconds between checkpoints, 60 by default. There is also one after each epoch. */
  readonly checkpointSeconds?: number;
}

/** A fact about the caller, which users of the library do not set. */
export interface CallerOfMany {
  /** The same call trains many runs, and continues an interrupted one when it is repeated without `force`. */
  readonly goesOn?: true;
}

/** Writing takes at most about this share of the time. */
const LARGEST_SHARE = 1 / 20;

export class Checkpointing {
  private readonly options: CheckpointOptions & CallerOfMany;
  private readonly path: string;
  private readonly found: Checkpoint | null;
  private readonly isResuming: boolean;
  /** Lets other processes make a run here. */
  readonly release: () => void;
  /** True if the last attempt to write the checkpoint failed; reported once. */
  private isFailing = false;
  /** The step of the last checkpoint; null if there is none. */
  private kept: TrainingPosition | null;
  private lastSaved = performance.now();
  /** The milliseconds that the last checkpoint took. A slow one delays only the next. */
  private saveDuration = 0;

  private constructor(
    options: CheckpointOptions & CallerOfMany,
    found: Checkpoint | null,
    isResuming: boolean,
    release: () => void,
  ) {
    this.options = options;
    this.isResuming = isResuming;
    this.path = checkpointOf(options.out);
    this.found = found;
    this.kept = found && positionOf(found.state);
    this.release = release;
  }

  /**
   * Makes sure that the run can be written without losing anything; returns null if the run to resume is
   * complete. Throws DiagnosticError if the user must decide.
   */
  static async claim(
    options: CheckpointOptions & CallerOfMany,
    isResuming: boolean,
  ): Promise<Checkpointing | null> {
    const { out, force = false } = options;
    const path = checkpointOf(out);
    const found = (await isThere(path)) && (!force || isResuming) ? await readCheckpoint(path) : null;
    if (isResuming && found === null && (await isRun(out))) return null;
    const release = await claimRun(out, force);
    await removeLeftovers(path);
    if (found !== null && !isResuming) {
      release();
      const place = { path, ...positionOf(found.state) };
      throw new DiagnosticError([diagnose(trainingUnfinished, place, noLocation)]);
    }
    return new Checkpointing(options, found, isResuming, release);
  }

  /** The checkpoint to continue from, whatever happens next. */
  private get checkpoint(): KeptCheckpoint | null {
    return this.kept && { path: this.path, at: this.kept };
  }

  /** Throws `Stopped` if the caller asked for it. */
  throwIfStopped(): void {
    if (this.options.signal?.aborted) throw new Stopped(null, this.checkpoint);
  }

  /**
   * Runs `train` with checkpoints. Throws `Stopped` if the caller stopped it before it began, and DiagnosticError
   * if the checkpoint belongs to another training or training cannot continue.
   */
  async run<T>(
    training: Parameters<typeof identityOf>[0],
    train: (checkpoints: Checkpoints) => Promise<T>,
  ): Promise<T> {
    const { found, path, options } = this;
    const identity = identityOf(training);
    if (found !== null) requireSame(path, found, identity, training.program);
    this.throwIfStopped();
    options.onEvent?.({ kind: "training", from: this.checkpoint, epochs: training.program.settings.epochs });
    this.lastSaved = performance.now();
    return train({
      from: found?.state ?? null,
      due: () => performance.now() - this.lastSaved > this.interval(),
      stopping: () => options.signal?.aborted === true,
      save: (state) => this.save({ identity, state }),
    });
  }

  /**
   * Tells what is left of a training that the caller stopped at `at`. `write` writes a run with the weights so far,
   * which never replaces a complete run. One of many runs gets none, because the same call continues it.
   */
  async stopped(at: TrainingPosition, write: (run: string) => Promise<void>): Promise<Stopped> {
    const { out, goesOn } = this.options;
    if (goesOn || (at.epoch === 1 && at.steps === 0)) return new Stopped(at, this.checkpoint);
    const run = stoppedRunOf(out);
    await this.explained(write(run));
    return new Stopped(at, this.checkpoint, run);
  }

  /**
   * Writes the run with `write`, and removes its checkpoint and the run of an earlier stop. Throws DiagnosticError if the run cannot be
   * written, with the state of the training.
   */
  async finish(write: () => Promise<void>): Promise<void> {
    await this.explained(write());
    await removeCheckpoint(this.path);
    const stopped = stoppedRunOf(this.options.out);
    if (await isRun(stopped)) await rm(stopped, { recursive: true, force: true });
  }

  /** Adds the state of the training to the error of a run that cannot be written. */
  private async explained(writing: Promise<void>): Promise<void> {
    try {
      await writing;
    } catch (error) {
      if (!(error instanceof DiagnosticError) || this.kept === null) throw error;
      const help = shared.makeRoom(this.path, positionText(this.kept), this.again);
      throw new DiagnosticError(error.diagnostics.map((diagnostic) => withTexts(diagnostic, { help })));
    }
  }

  /** Describes how to continue the training. */
  private get again(): Wording {
    if (this.isResuming) return "the same command";
    return this.options.goesOn
      ? wording`the same command without ${option("force")}`
      : wording`the same command and ${option("resume")}`;
  }

  private interval(): number {
    return Math.max(1000 * (this.options.checkpointSeconds ?? 60), this.saveDuration / LARGEST_SHARE);
  }

  private async save(checkpoint: Checkpoint): Promise<void> {
    const started = performance.now();
    const at = positionOf(checkpoint.state);
    try {
      await writeCheckpoint(this.path, checkpoint);
      [this.isFailing, this.kept] = [false, at];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      if (!this.isFailing) this.tellUnwritable((error as Error).message);
      this.isFailing = true;
    }
    this.options.onEvent?.({ kind: "checkpoint", path: this.path, at, written: !this.isFailing });
    this.lastSaved = performance.now();
    this.saveDuration = this.lastSaved - started;
  }

  private tellUnwritable(reason: string): void {
    const parameters = { path: this.path, reason, kept: this.kept === null ? null : positionText(this.kept) };
    tellDiagnostics([diagnose(checkpointUnwritable, parameters, noLocation)], this.options);
  }
}
