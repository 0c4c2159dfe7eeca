// Says how many steps, values of sets and distinct rows of tables a batch of a source has, by building one of rows that lie evenly among its
// rows: the same for the same data, whatever order an epoch goes in.

import { batchValues } from "../../compiler/backends/contract/feed-values.ts";
import type { BatchCounts } from "../../compiler/middle/passes/project-distinct-rows.ts";
import type { BatchPlan } from "./batch-plan.ts";
import { BatchBuilder } from "./batches.ts";
import { ColumnReader } from "./columns.ts";
import { readerOf } from "./row-source.ts";
import type { TrainingData } from "./training-data.ts";

/** Of a batch of `size` examples, or of all rows where there are fewer. */
export function countsInBatch(
  { train: source, orders }: Pick<TrainingData, "train" | "orders">,
  plan: BatchPlan,
  size: number,
): BatchCounts {
  const files = new ColumnReader();
  try {
    const examples = Math.min(size, source.rows);
    const rows = Int32Array.from({ length: examples }, (_, i) => Math.floor((i * source.rows) / examples));
    const batch = new BatchBuilder(plan).gather(readerOf(source, files), orders.placesAt(rows));
    return batchValues({ batch, rows: {}, scalars: {} }).count;
  } finally {
    files.close();
  }
}
