// Computes a run's logits for rows, with the requested engine.

import type { TrainingBackend } from "../../compiler/backends/contract/session.ts";
import { planBatches } from "../../compiler/data/batch-plan.ts";
import { float32s, int32s } from "../../compiler/data/columns.ts";
import { mapped } from "../../compiler/data/row-stages.ts";
import { predictingOnly } from "../../compiler/middle/programs/step.ts";
import { scoredValues } from "../../compiler/middle/training/channels.ts";
import { SCORING_BATCH } from "../../compiler/train/score.ts";
import type { RowSource } from "../data/batches.ts";
import type { ChosenBackend } from "../engines/options.ts";
import type { OpenRun } from "./open-run.ts";
import { type Logits, type Scorer, type ScoringPlan, scorerOf } from "./scorer.ts";
import { ScoringThread } from "./scoring-thread.ts";

/**
 * The number of rows that are read, scored and written at a time: whole batches, so that scores are the same
 * as in one piece.
 */
export const ROWS_A_PIECE = 4 * SCORING_BATCH;

/** Whether outputs are scored beside the predictions: only users see them. */
export type Outputs = "with" | "without";

/** The parts of a run that scoring needs. */
export type Scoring = Pick<OpenRun, "predict" | "tables" | "parameters" | "model">;

export function openScorer(
  run: Scoring,
  backend: TrainingBackend,
  outputs: Outputs = "without",
): Promise<Scorer> {
  return scorerOf(scoringPlan(run, backend, outputs), backend.open);
}

/**
 * Scores in a thread of its own, which opens the engine while the caller reads rows. TypeScript source cannot start
 * one, and some engines stay in this thread.
 */
export async function openScoringThread(
  run: Scoring,
  backend: ChosenBackend,
  outputs: Outputs = "without",
): Promise<Scorer> {
  const { elsewhere } = backend;
  if (elsewhere === null || import.meta.url.endsWith(".ts")) return openScorer(run, backend, outputs);
  const { task, watch } = elsewhere;
  return new ScoringThread(
    new URL("./scoring-worker.js", import.meta.url),
    { plan: scoringPlan(run, backend, outputs), task },
    watch,
  );
}

export function scoringPlan(
  { predict, tables, parameters, model }: Scoring,
  { parts }: Pick<TrainingBackend, "parts">,
  outputs: Outputs = "without",
): ScoringPlan {
  const batches = planBatches(
    predict,
    [...tables.values()].map((table) => table.spec),
    parts,
  );
  // A table that only a loss reads is not needed for predictions.
  const needed = new Map(
    batches.vocabularies.flatMap((each) => each.tables.map(({ name }) => [name, tables.get(name)!] as const)),
  );
  const wanted = scoredValues(outputs === "with" ? model : { ...model, outputs: [] });
  return { batches, program: predictingOnly(predict, model), tables: needed, parameters, wanted };
}

/** Rows with the columns that metrics need, and their scores. */
export interface RowScores {
  readonly data: Pick<RowSource, "rows" | "labels" | "groups">;
  readonly scores: Logits;
}

/** Leaves out the rows at these indices. */
export function scoredOf(data: RowScores["data"], scores: Logits, without: ReadonlySet<number>): RowScores {
  if (without.size === 0) return { data, scores };
  const rows = data.rows - without.size;
  const kept = <T extends Float32Array | Int32Array>(make: (rows: number) => T) => {
    return (all: T): T => {
      const width = all.length / data.rows;
      const some = make(rows * width);
      for (let row = 0, o = 0; row < data.rows; row++)
        if (!without.has(row)) for (let i = 0; i < width; i++) some[o++] = all[row * width + i]!;
      return some;
    };
  };
  const [floats, ints] = [kept(float32s), kept(int32s)];
  return {
    data: { rows, labels: mapped(data.labels, floats), groups: mapped(data.groups, ints) },
    scores: mapped(scores, floats),
  };
}

/** Scores rows once. */
export async function scoreRun(
  run: Scoring,
  data: RowSource,
  backend: TrainingBackend,
  onProgress?: (rows: number) => void,
): Promise<Logits> {
  const scorer = await openScorer(run, backend);
  try {
    return await scorer.score(data, onProgress);
  } finally {
    await scorer.close();
  }
}
