// Computes logits of rows with a session, in the thread that calls it.

import type { ParameterValues, TrainingSession } from "../../compiler/backends/contract/session.ts";
import type { BatchPlan } from "../../compiler/data/batch-plan.ts";
import type { TrainingProgram } from "../../compiler/middle/programs/program.ts";
import type { ScoredValues } from "../../compiler/middle/training/channels.ts";
import { score } from "../../compiler/train/score.ts";
import type { HostTable } from "../../compiler/train/tables.ts";
import { openBatches, type RowSource } from "../data/batches.ts";

/**
 * By label: one logit per row; for classes one per class, row by row; for a number the number itself. By output: its
 * numbers, row by row.
 */
export type Logits = ReadonlyMap<string, Float32Array>;

/** Scores rows, one request after the other. */
export interface Scorer {
  /** `onProgress` receives the number of rows scored so far. */
  score(data: RowSource, onProgress?: (rows: number) => void): Promise<Logits>;
  close(): Promise<void>;
}

/** A prediction as plain data, so that it can be sent to a thread. */
export interface ScoringPlan {
  readonly batches: BatchPlan;
  readonly program: TrainingProgram;
  readonly tables: ReadonlyMap<string, HostTable>;
  readonly parameters: ParameterValues;
  readonly wanted: readonly ScoredValues[];
}

export async function scorerOf(
  { batches, program, tables, parameters, wanted }: ScoringPlan,
  open: (program: TrainingProgram, parameters: ParameterValues) => Promise<TrainingSession>,
): Promise<Scorer> {
  const session = await open(program, parameters);
  const source = openBatches(batches);
  // There is one stream of batches at a time.
  let last: Promise<unknown> = Promise.resolve();
  return {
    score: (data, onProgress) => {
      const scored = last.then(() => score(session, tables, data, source.stream, wanted, onProgress));
      last = scored.catch(() => {});
      return scored;
    },
    close: async () => {
      session.dispose();
      await source.close();
    },
  };
}
