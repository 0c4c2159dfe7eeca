// Counts the rows and ids in a batch of training rows, wherever these are stored.

import { bytesInRoom as bytesIn, countsInBatch as countsIn } from "../../../compiler/data/batch-counts.ts";
import type { BatchPlan } from "../../../compiler/data/batch-plan.ts";
import type { RowOrders } from "../../../compiler/data/row-order.ts";
import type { RowReader } from "../../../compiler/data/row-reader.ts";
import type { BatchCounts } from "../../../compiler/middle/passes/project-distinct-rows.ts";
import { FileReader } from "../storage/spilling-store.ts";
import { type RowSource, readerOf } from "./row-source.ts";

/** Training rows, and the orders of epochs. */
interface OrderedSource {
  readonly train: RowSource;
  readonly orders: RowOrders;
}

/** Counts a batch of `size` examples, or of all rows if there are fewer. */
export function countsInBatch({ train, orders }: OrderedSource, plan: BatchPlan, size: number): BatchCounts {
  return withReader(train, (reader) => countsIn(reader, train.rows, orders, plan, size));
}

/** The bytes that such a batch takes in the memory of a session. */
export function bytesInRoom({ train, orders }: OrderedSource, plan: BatchPlan, size: number): number {
  return withReader(train, (reader) => bytesIn(reader, train.rows, orders, plan, size));
}

function withReader<T>(source: RowSource, work: (reader: RowReader) => T): T {
  const files = new FileReader();
  try {
    return work(readerOf(source, files));
  } finally {
    files.close();
  }
}
