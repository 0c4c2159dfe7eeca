// The interface by which training and scoring get batches, wherever these are built.

import type { Batch, BatchRoom } from "../backends/contract/batch.ts";
import type { RandomStreams } from "./noise.ts";
import type { BatchSizes, RowOrder } from "./row-order.ts";

/**
 * The batches of the rows `order` of `source`, with the given sizes; the last may be smaller. With `streams`
 * they contain the noise of training steps. A builder in another thread may write them into `room`, where a
 * batch stays until the next one is taken.
 */
export type BatchStream<Source> = (
  source: Source,
  order: RowOrder,
  sizes: BatchSizes,
  streams?: RandomStreams | null,
  room?: BatchRoom | null,
) => AsyncIterable<Batch>;
