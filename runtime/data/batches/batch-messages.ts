// Messages between the training thread and the worker that builds batches.

import type { MessagePort } from "node:worker_threads";
import type { Batch, BatchRoom } from "../../../compiler/backends/contract/batch.ts";
import type { MessageKinds } from "../../../compiler/common/message.ts";
import type { BatchPlan } from "../../../compiler/data/batch-plan.ts";
import type { RandomStreams } from "../../../compiler/data/noise.ts";
import type { BatchSizes, RowOrder } from "../../../compiler/data/row-order.ts";
import type { RowSource } from "./row-source.ts";

/** Given once, when the worker starts. */
export interface WorkerStart {
  readonly plan: BatchPlan;
  /** On which they talk. */
  readonly port: MessagePort;
}

/** To the worker: build these rows' batches. One stream at a time. */
export interface StreamRequest {
  readonly source: RowSource;
  readonly order: RowOrder;
  readonly sizes: BatchSizes;
  readonly streams: RandomStreams | null;
  readonly room: BatchRoom | null;
  /** How many batches may wait to be taken. */
  readonly ahead: number;
  /** Shared; see TAKEN and CANCELLED. */
  readonly control: Int32Array;
}

/** Place in `control`: batches taken so far. */
export const TAKEN = 0;
/** Place in `control`: 1 when nobody wants the rest. */
export const CANCELLED = 1;

/** From the worker. After `end` or `failed` the stream is over. */
export type WorkerMessage =
  | { readonly kind: "batch"; readonly batch: Batch }
  | { readonly kind: "end" }
  | { readonly kind: "failed"; readonly error: unknown };

export const workerMessages: MessageKinds<WorkerMessage> = { batch: true, end: true, failed: true };
