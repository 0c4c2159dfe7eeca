// Logits of a run for rows, on the back end asked for.

import { planBatches } from "../data/batches.ts";
import { openBatches } from "../data/prefetch.ts";
import type { Rows } from "../data/rows.ts";
import { SCORING_BATCH, score } from "../train/score.ts";
import type { TrainingBackend } from "../train/session.ts";
import type { OpenRun } from "./open-run.ts";

/** What is needed of a run to score rows. */
export type Scoring = Pick<OpenRun, "program" | "tables" | "parameters" | "model">;

/** By label, one logit a row. */
export type Logits = ReadonlyMap<string, Float32Array>;

/** Rows that are read, scored and written at a time: whole batches, so that they are the same as in one piece. */
export const ROWS_A_PIECE = 4 * SCORING_BATCH;

/** Scores rows, as often as there are some. */
export interface Scorer {
  /** `onProgress` gets rows scored so far. */
  score(data: Rows, onProgress?: (rows: number) => void): Promise<Logits>;
  close(): Promise<void>;
}

export async function openScorer(
  { program, tables, parameters, model }: Scoring,
  backend: TrainingBackend,
): Promise<Scorer> {
  const plan = planBatches(
    program.predict,
    [...tables.values()].map((table) => table.spec),
  );
  // A table that only a loss reads is no part of a prediction.
  const needed = new Map(
    plan.vocabularies.flatMap((each) => each.tables.map(({ name }) => [name, tables.get(name)!] as const)),
  );
  const session = await backend.open(program, parameters);
  const source = openBatches(plan);
  const labels = model.predictions.map(({ label }) => label);
  return {
    score: (data, onProgress) => score(session, needed, data, source.stream, labels, onProgress),
    close: async () => {
      session.dispose();
      await source.close();
    },
  };
}

/** Scores rows once. */
export async function scoreRun(
  run: Scoring,
  data: Rows,
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
