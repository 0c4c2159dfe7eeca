// The worker thread behind `prefetch.ts`: it builds the batches of a stream a few ahead of the consumer.

import { workerData } from "node:worker_threads";
import { newArrays, RoomArrays } from "../../../compiler/backends/contract/batch.ts";
import { buffersOf } from "../../../compiler/data/batches.ts";
import {
  CANCELLED,
  type StreamRequest,
  TAKEN,
  type WorkerMessage,
  type WorkerStart,
} from "./batch-messages.ts";
import { SourceBatches } from "./source-batches.ts";

const { plan, port } = workerData as WorkerStart;
const builder = new SourceBatches(plan);

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

function buildAll({ source, order, sizes, streams, room, ahead, control }: StreamRequest): void {
  let sent = 0;
  const arrays = room === null ? newArrays : new RoomArrays(room);
  builder.arrays = arrays;
  for (const batch of builder.batches(source, order, sizes, streams)) {
    send({ kind: "batch", batch }, buffersOf(batch));
    if (arrays instanceof RoomArrays) arrays.nextBatch();
    sent += 1;
    waitUntilTaken(control, sent - ahead + 1);
    if (Atomics.load(control, CANCELLED) === 1) return;
  }
}

/**
 * Returns when `count` batches are taken, or none are wanted any longer: cancelling changes the count too.
 */
function waitUntilTaken(control: Int32Array, count: number): void {
  for (;;) {
    const taken = Atomics.load(control, TAKEN);
    if (taken >= count || Atomics.load(control, CANCELLED) === 1) return;
    Atomics.wait(control, TAKEN, taken);
  }
}
