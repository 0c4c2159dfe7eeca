// Keeps a training: says where it may begin or go on, writes its checkpoint now and then, and stops it after a step when the
// caller asks.

import { option, type Wording, wording } from "../../compiler/common/option-text.ts";
import { checkpointUnwritable, trainingUnfinished } from "../../compiler/diagnostics/catalog/checkpoints.ts";
import { shared } from "../../compiler/diagnostics/catalog/helps.ts";
import { DiagnosticError, diagnose, noLocation, withTexts } from "../../compiler/diagnostics/diagnostic.ts";
import {
  type Checkpoints,
  positionOf,
  positionText,
  type TrainingPosition,
  TrainingStopped,
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
  writeCheckpoint,
} from "../run/checkpoint.ts";
import { claimRun, isRun } from "../run/write-run.ts";
import { type KeptCheckpoint, Stopped, tellDiagnostics, type Watch } from "./events.ts";

export interface CheckpointOptions extends Watch {
  /** The run folder to write; the checkpoint lies beside it, as `OUT.checkpoint`, until the run is complete. */
  readonly out: string;
  /** Replaces the run that is there, and begins anew where a training was cut off; otherwise either is an error. */
  readonly force?: boolean;
  /** Seconds between checkpoints, 60 by default. There is one after each epoch, too. */
  readonly checkpointSeconds?: number;
}

/** A fact about the caller, which no user of the library says. */
export interface CallerOfMany {
  /** The same call trains many runs, and goes on with an interrupted one when it is made again without `force`. */
  readonly goesOn?: true;
}

/** Writing takes at most about this share of the time. */
const LARGEST_SHARE = 1 / 20;

export class Checkpointing {
  private readonly options: CheckpointOptions & CallerOfMany;
  private readonly path: string;
  private readonly found: Checkpoint | null;
  private readonly isResuming: boolean;
  /** Lets others make a run here. */
  readonly release: () => void;
  /** Whether the checkpoint could not be written when that was tried last; told once. */
  private isFailing = false;
  /** After which step the checkpoint stands; null where there is none. */
  private kept: TrainingPosition | null;
  private lastSaved = performance.now();
  private longestSave = 0;

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
   * Makes sure that the run can be written and that nothing is lost by it; null where the run that is to be
   * resumed is complete. Throws DiagnosticError where the person has to decide.
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

  /** What there is to go on from, whatever comes now. */
  private get checkpoint(): KeptCheckpoint | null {
    return this.kept && { path: this.path, at: this.kept };
  }

  /** Throws `Stopped` where the caller asked for it. */
  throwIfStopped(): void {
    if (this.options.signal?.aborted) throw new Stopped(null, this.checkpoint);
  }

  /**
   * Runs `train` with what keeps it. Throws `Stopped` where the caller stopped it, and DiagnosticError where
   * the checkpoint is of another training, or where training cannot go on.
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
    try {
      return await train({
        from: found?.state ?? null,
        due: () => performance.now() - this.lastSaved > this.interval(),
        stopping: () => options.signal?.aborted === true,
        save: (state) => this.save({ identity, state }),
      });
    } catch (error) {
      throw error instanceof TrainingStopped ? new Stopped(error.at, this.checkpoint) : error;
    }
  }

  /**
   * Writes the run by `write`; then its checkpoint is of no more use. Throws DiagnosticError where the run
   * cannot be written, which says what is left of the training.
   */
  async finish(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!(error instanceof DiagnosticError) || this.kept === null) throw error;
      const help = shared.makeRoom(this.path, positionText(this.kept), this.again);
      throw new DiagnosticError(error.diagnostics.map((diagnostic) => withTexts(diagnostic, { help })));
    }
    await removeCheckpoint(this.path);
  }

  /** How to go on with the training. */
  private get again(): Wording {
    if (this.isResuming) return "the same command";
    return this.options.goesOn
      ? wording`the same command without ${option("force")}`
      : wording`the same command and ${option("resume")}`;
  }

  private interval(): number {
    return Math.max(1000 * (this.options.checkpointSeconds ?? 60), this.longestSave / LARGEST_SHARE);
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
    this.longestSave = Math.max(this.longestSave, this.lastSaved - started);
  }

  private tellUnwritable(reason: string): void {
    const parameters = { path: this.path, reason, kept: this.kept === null ? null : positionText(this.kept) };
    tellDiagnostics([diagnose(checkpointUnwritable, parameters, noLocation)], this.options);
  }
}
