// The rows that a report looks at closely: those that nothing was learned from, a random part of them where they are many.

import { Random } from "../../compiler/common/random.ts";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { memoryRowsOf, selected } from "../data/batches.ts";
import type { TrainingData } from "../data/training-data.ts";

/** So many rows are scored and resampled in a few seconds. */
export const MOST_ROWS = 100_000;

export interface HeldOut {
  readonly split: "valid" | "test";
  /** How many there are. */
  readonly of: number;
  /** At most `MOST_ROWS` of them. */
  readonly sample: MemoryRows;
}

/** Test rows, without any the validation rows; null where there are neither. */
export function heldOutRows(
  { test, valid }: Pick<TrainingData, "test" | "valid">,
  seed: number,
  most = MOST_ROWS,
): HeldOut | null {
  const [split, all] = test !== null ? (["test", test] as const) : (["valid", valid] as const);
  if (all === null || all.rows === 0) return null;
  const sample =
    all.rows <= most
      ? memoryRowsOf(all)
      : selected(all, Random.of(seed, "report rows").order(all.rows).subarray(0, most).sort());
  return { split, of: all.rows, sample };
}
