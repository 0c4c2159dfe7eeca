// Says how many steps, values of sets and distinct rows of tables a batch of a source has, by building one of
// rows that lie evenly among its rows: the same for the same data, whatever order an epoch goes in.

import { type Batch, roomOf } from "../backends/contract/batch.ts";
import { batchValues } from "../backends/contract/feed-values.ts";
import type { BatchCounts } from "../middle/passes/project-distinct-rows.ts";
import type { BatchPlan } from "./batch-plan.ts";
import { BatchBuilder } from "./batches.ts";
import type { RowOrders } from "./row-order.ts";
import type { RowReader } from "./row-reader.ts";

/** Of a batch of `size` examples, or of all `rows` where there are fewer. */
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

/** Bytes that such a batch takes in a room. */
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
