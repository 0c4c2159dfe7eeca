// Counts in a batch of the training rows, wherever these lie.

import { countsInBatch as countsIn } from "../../compiler/data/batch-counts.ts";
import type { BatchPlan } from "../../compiler/data/batch-plan.ts";
import type { BatchCounts } from "../../compiler/middle/passes/project-distinct-rows.ts";
import { readerOf } from "./row-source.ts";
import { FileReader } from "./spilling-store.ts";
import type { TrainingData } from "./training-data.ts";

/** Of a batch of `size` examples, or of all rows where there are fewer. */
export function countsInBatch(
  { train, orders }: Pick<TrainingData, "train" | "orders">,
  plan: BatchPlan,
  size: number,
): BatchCounts {
  const files = new FileReader();
  try {
    return countsIn(readerOf(train, files), train.rows, orders, plan, size);
  } finally {
    files.close();
  }
}
