// Messages between the training thread and the worker that builds batches.

import type { MessagePort } from "node:worker_threads";
import type { Batch, BatchRoom } from "../../../compiler/backends/contract/batch.ts";
import type { MessageKinds } from "../../../compiler/common/message.ts";
import type { BatchPlan } from "../../../compiler/data/batch-plan.ts";
import type { RandomStreams } from "../../../compiler/data/noise.ts";
import type { BatchSizes, RowOrder } from "../../../compiler/data/row-order.ts";
import type { RowSource } from "./row-source.ts";

/** Sent once, when the worker starts. */
export interface WorkerStart {
  readonly plan: BatchPlan;
  /** The port of their messages. */
  readonly port: MessagePort;
}

/** Asks the worker to build the batches of these rows. One stream at a time. */
export interface StreamRequest {
  readonly source: RowSource;
  readonly order: RowOrder;
  readonly sizes: BatchSizes;
  readonly streams: RandomStreams | null;
  readonly room: BatchRoom | null;
  /** The largest number of batches that may wait. */
  readonly ahead: number;
  /** Shared; see TAKEN and CANCELLED. */
  readonly control: Int32Array;
}

/** Index in `control`: the number of batches taken so far. */
export const TAKEN = 0;
/** Index in `control`: 1 if the rest is no longer wanted. */
export const CANCELLED = 1;

/** From the worker. After `end` or `failed` the stream is over. */
export type WorkerMessage =
  | { readonly kind: "batch"; readonly batch: Batch }
  | { readonly kind: "end" }
  | { readonly kind: "failed"; readonly error: unknown };

export const workerMessages: MessageKinds<WorkerMessage> = { batch: true, end: true, failed: true };
