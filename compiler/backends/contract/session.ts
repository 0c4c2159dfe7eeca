// The session that a back end gives the training loop.

import type { TrainingProgram } from "../../middle/programs/program.ts";
import type { OptimizerTable } from "../../middle/training/optimizers/define-optimizer.ts";
import type { Batch, BatchRoom } from "./batch.ts";

export interface StepFeed {
  readonly batch: Batch;
  /** By table: the values of its rows in `batch.tables`, row-major. */
  readonly rows: Readonly<Record<string, Float32Array>>;
  /** By scalar name (without `scalar/`), such as the learning rate or a bias correction. */
  readonly scalars: Readonly<Record<string, number>>;
}

export interface StepResult {
  readonly loss: number;
  /** By label and auxiliary loss: the terms of `loss`, before weights. Empty if there is only one. */
  readonly terms: Readonly<Record<string, number>>;
  /** By table: ∂loss/∂row for each of the batch's rows, in their order. */
  readonly gradients: Readonly<Record<string, Float32Array>>;
}

export type ParameterValues = ReadonlyMap<string, Float32Array>;

/** By table: its rows, the optimizer's slots for them, and their decay factors. */
export type GivenTables = ReadonlyMap<string, Pick<OptimizerTable, "values" | "slots" | "decay">>;
export type HeldTables = ReadonlyMap<string, Pick<OptimizerTable, "values" | "slots">>;

export interface TrainingSession {
  /**
   * Tables that the session itself holds and updates in each step, which then returns no gradients for them;
   * null if it holds none.
   */
  readonly holds: HeldTables | null;
  /** Memory for the batches of steps; null if they are copied anyway. */
  readonly room: BatchRoom | null;
  /** One step: forward, backward, dense optimizer, moving averages. */
  step(feed: StepFeed): StepResult;
  /** Logits by label, one per example. */
  predict(feed: StepFeed): Readonly<Record<string, Float32Array>>;
  /** The current values of all parameters, slots included. */
  read(): ParameterValues;
  /** Replaces every parameter. */
  write(values: ParameterValues): void;
  dispose(): void;
}

/** An engine with the parts of this machine that it needs. */
export interface TrainingBackend {
  /** The name for `--backend`. */
  readonly name: string;
  /**
   * A line for the user about the current machine: "tfjs-node 4.22.0, TensorFlow 2.21.0, one graph a step".
   */
  readonly description: string;
  /** Whatever its bits depend on, the same for engines with the same bits; by default its name. */
  readonly bits?: string;
  /** Why it was chosen, as a clause; null if the user chose it. */
  readonly reason: string | null;
  /** The number of parts into which it splits a batch. If there are several, a batch contains them too. */
  readonly parts: number;
  /**
   * May take over `tables`: see `TrainingSession.holds`. `batchBytes` is the size of a usual batch; 0 if
   * batches need no memory in the session.
   */
  open(
    program: TrainingProgram,
    initial: ParameterValues,
    tables?: GivenTables | null,
    batchBytes?: number,
  ): Promise<TrainingSession>;
}
