// Batches of rows that are in memory, in files or in an event log.

import type { Batch, BatchArrays } from "../../../compiler/backends/contract/batch.ts";
import type { BatchPlan } from "../../../compiler/data/batch-plan.ts";
import { BatchBuilder } from "../../../compiler/data/batches.ts";
import type { RandomStreams } from "../../../compiler/data/noise.ts";
import type { BatchSizes, RowOrder } from "../../../compiler/data/row-order.ts";
import { FileReader } from "../storage/spilling-store.ts";
import { type RowSource, readerOf } from "./row-source.ts";

export class SourceBatches {
  private readonly builder: BatchBuilder;
  private readonly files = new FileReader();

  constructor(plan: BatchPlan) {
    this.builder = new BatchBuilder(plan);
  }

  /** The arrays for the next batch. */
  set arrays(arrays: BatchArrays) {
    this.builder.arrays = arrays;
  }

  /** The batches of the rows `order` of `source`, in the form of `BatchBuilder`. */
  batches(
    source: RowSource,
    order: RowOrder,
    sizes: BatchSizes,
    streams: RandomStreams | null = null,
  ): Generator<Batch> {
    return this.builder.batches(readerOf(source, this.files), order, sizes, streams);
  }
}
