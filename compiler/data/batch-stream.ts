// Batches as whoever trains or scores asks for them, wherever they are built.

import type { Batch, BatchRoom } from "../backends/contract/batch.ts";
import type { RandomStreams } from "./noise.ts";
import type { BatchSizes, RowOrder } from "./row-order.ts";

/**
 * The batches of `source`'s rows `order`, so many at a time; the last one may be smaller. With `streams` they
 * hold the noise of training steps. Who builds them in another thread may write them into `room`, where a
 * batch stays until the next is taken.
 */
export type BatchStream<Source> = (
  source: Source,
  order: RowOrder,
  sizes: BatchSizes,
  streams?: RandomStreams | null,
  room?: BatchRoom | null,
) => AsyncIterable<Batch>;
