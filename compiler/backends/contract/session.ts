// The session that a back end gives the training loop.

import type { TrainingProgram } from "../../middle/programs/program.ts";
import type { OptimizerTable } from "../../middle/training/optimizers/define-optimizer.ts";
import type { Batch, BatchRoom } from "./batch.ts";

export interface StepFeed {
  readonly batch: Batch;
  /** By table: the values of its rows in `batch.tables`, row-major. */
  readonly rows: Readonly<Record<string, Float32Array>>;
  /** By scalar name (without `scalar/`): learning rate, bias corrections. */
  readonly scalars: Readonly<Record<string, number>>;
}

export interface StepResult {
  readonly loss: number;
  /** By label and auxiliary loss: what `loss` adds up, before weights. Empty where that is one thing. */
  readonly terms: Readonly<Record<string, number>>;
  /** By table: ∂loss/∂row for each of the batch's rows, in their order. */
  readonly gradients: Readonly<Record<string, Float32Array>>;
}

export type ParameterValues = ReadonlyMap<string, Float32Array>;

/** By table: its rows, what the optimizer remembers of them, and what they are pulled by. */
export type GivenTables = ReadonlyMap<string, Pick<OptimizerTable, "values" | "slots" | "decay">>;
export type HeldTables = ReadonlyMap<string, Pick<OptimizerTable, "values" | "slots">>;

export interface TrainingSession {
  /** Tables that it reads and changes itself in each step, which then has no gradients of them; null where it holds none. */
  readonly holds: HeldTables | null;
  /** Where batches of steps may be written; null where they are copied anyway. */
  readonly room: BatchRoom | null;
  /** One step: forward, backward, dense optimizer, moving averages. */
  step(feed: StepFeed): StepResult;
  /** Logits by label, one an example. */
  predict(feed: StepFeed): Readonly<Record<string, Float32Array>>;
  /** Every parameter, slots included, as it is now. */
  read(): ParameterValues;
  /** Replaces every parameter. */
  write(values: ParameterValues): void;
  dispose(): void;
}

/** An engine, with what it needs of this machine. */
export interface TrainingBackend {
  /** As `--backend` has it. */
  readonly name: string;
  /** A line for the person, as it is now: "tfjs-node 4.22.0, TensorFlow 2.21.0, one graph a step". */
  readonly description: string;
  /** What its bits depend on beside its name. */
  readonly rounding?: string;
  /** Why it was chosen, as a clause; null where it was asked for. */
  readonly reason: string | null;
  /** In how many parts it takes a batch. A batch also has these parts if there are several. */
  readonly parts: number;
  /**
   * It may take `tables` over: see `TrainingSession.holds`. A usual batch takes `batchBytes`; 0 where no room
   * for them is wanted.
   */
  open(
    program: TrainingProgram,
    initial: ParameterValues,
    tables?: GivenTables | null,
    batchBytes?: number,
  ): Promise<TrainingSession>;
}
