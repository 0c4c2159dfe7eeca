// Counts the steps, set values and distinct table rows of a usual batch, by building one from evenly spaced
// rows. The result is the same for the same data, in whatever order an epoch reads them.

import { type Batch, roomOf } from "../backends/contract/batch.ts";
import { batchValues } from "../backends/contract/feed-values.ts";
import type { BatchCounts } from "../middle/passes/project-distinct-rows.ts";
import type { BatchPlan } from "./batch-plan.ts";
import { BatchBuilder } from "./batches.ts";
import type { RowOrders } from "./row-order.ts";
import type { RowReader } from "./row-reader.ts";

/** For a batch of `size` examples, or of all `rows` if there are fewer. */
export function countsInBatch(
  reader: RowReader,
  rows: number,
  orders: Pick<RowOrders, "placesAt">,
  plan: BatchPlan,
  size: number,
): BatchCounts {
  const batch = usualBatch(reader, rows, orders, plan, size);
  return batchValues({ batch, rows: {}, scalars: {} }).count;
}

/** The bytes of such a batch in a room. */
export function bytesInRoom(...given: Parameters<typeof countsInBatch>): number {
  const { inputs, segments, tables, own } = usualBatch(...given);
  const arrays = [inputs, segments, tables, own].flatMap((named) => [...named.values()]);
  return arrays.reduce((sum, { length }) => sum + roomOf(length), 0);
}

function usualBatch(
  reader: RowReader,
  rows: number,
  orders: Pick<RowOrders, "placesAt">,
  plan: BatchPlan,
  size: number,
): Batch {
  const examples = Math.min(size, rows);
  const some = Int32Array.from({ length: examples }, (_, i) => Math.floor((i * rows) / examples));
  return new BatchBuilder(plan).gather(reader, orders.placesAt(some));
}
