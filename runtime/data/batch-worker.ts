// The worker thread behind `prefetch.ts`: builds the batches of a stream, a few ahead of who takes them.

import { type MessagePort, workerData } from "node:worker_threads";
import type { Batch } from "../../compiler/backends/contract/batch.ts";
import {
  CANCELLED,
  type StreamRequest,
  TAKEN,
  type WorkerMessage,
  type WorkerStart,
} from "./batch-stream.ts";
import { BatchBuilder, buffersOf, chanceAt } from "./batches.ts";
import { rowsIn } from "./row-order.ts";

const { plan, port } = workerData as WorkerStart & { readonly port: MessagePort };
const builder = new BatchBuilder(plan);

port.on("message", (request: StreamRequest) => {
  try {
    buildAll(request);
    send({ kind: "end" });
  } catch (error) {
    send({ kind: "failed", error });
  }
});

function send(message: WorkerMessage, buffers: ArrayBuffer[] = []): void {
  port.postMessage(message, buffers);
}

function sendBatch(batch: Batch): void {
  send({ kind: "batch", batch }, buffersOf(batch));
}

function buildAll({ data, order, size, chance, ahead, control }: StreamRequest): void {
  const rows = rowsIn(order);
  for (let from = 0, sent = 0; from < rows; from += size, sent++) {
    waitUntilTaken(control, sent - ahead + 1);
    if (Atomics.load(control, CANCELLED) === 1) return;
    sendBatch(builder.build(data, order, from, Math.min(rows, from + size), chanceAt(chance, sent)));
  }
}

/** Returns when `count` batches are taken, or none are wanted any more: cancelling moves the count, too. */
function waitUntilTaken(control: Int32Array, count: number): void {
  for (;;) {
    const taken = Atomics.load(control, TAKEN);
    if (taken >= count || Atomics.load(control, CANCELLED) === 1) return;
    Atomics.wait(control, TAKEN, taken);
  }
}
