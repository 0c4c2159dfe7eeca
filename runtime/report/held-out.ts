// The rows for a report's detailed examination: held-out rows, or a random part of them if there are many.

import { Random } from "../../compiler/common/random.ts";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { memoryRowsOf, sampleOf } from "../data/batches.ts";
import type { TrainingData } from "../data/training-data.ts";

/** This many rows can be scored and resampled in a few seconds. */
export const MOST_ROWS = 100_000;

export interface HeldOut {
  readonly split: "valid" | "test";
  /** The number of rows in the split. */
  readonly of: number;
  /** At most `MOST_ROWS` rows. */
  readonly sample: MemoryRows;
}

/** The test rows, otherwise the validation rows; null if there are neither. */
export function heldOutRows(
  { test, valid }: Pick<TrainingData, "test" | "valid">,
  model: Pick<Model, "requests">,
  seed: number,
  most = MOST_ROWS,
): HeldOut | null {
  const [split, all] = test !== null ? (["test", test] as const) : (["valid", valid] as const);
  if (all === null || all.rows === 0) return null;
  const sample =
    all.rows <= most ? memoryRowsOf(all) : sampleOf(all, model, Random.of(seed, "report rows"), most);
  return { split, of: all.rows, sample };
}
