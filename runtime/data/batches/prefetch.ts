// Builds batches in a worker thread while the previous step runs. Rows are in shared memory and batches are
// transferred, so nothing is copied between the threads. TypeScript source cannot start a worker, so there
// the same batches are built in place.

import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { Batch, BatchRoom } from "../../../compiler/backends/contract/batch.ts";
import { invariant } from "../../../compiler/common/internal-error.ts";
import { messageOf } from "../../../compiler/common/message.ts";
import type { BatchPlan } from "../../../compiler/data/batch-plan.ts";
import type { BatchStream } from "../../../compiler/data/batch-stream.ts";
import type { RandomStreams } from "../../../compiler/data/noise.ts";
import type { BatchSizes, RowOrder } from "../../../compiler/data/row-order.ts";
import {
  CANCELLED,
  type StreamRequest,
  TAKEN,
  type WorkerMessage,
  type WorkerStart,
  workerMessages,
} from "./batch-messages.ts";
import type { RowSource } from "./row-source.ts";
import { SourceBatches } from "./source-batches.ts";

/** A source of batches. */
export interface BatchSource {
  /** One stream at a time: the next begins when the previous one has ended or was abandoned. */
  readonly stream: BatchStream<RowSource>;
  close(): Promise<void>;
}

/** The batches that may wait: enough to bridge a slow one, few enough to stay in the cache. */
const AHEAD = 3;

/** The compiled module starts a worker; the TypeScript source cannot. */
export function openBatches(plan: BatchPlan): BatchSource {
  const worker = new URL("./batch-worker.js", import.meta.url);
  return import.meta.url.endsWith(".ts") ? inlineBatches(plan) : workerBatches(plan, worker);
}

/** Builds each batch on demand. */
export function inlineBatches(plan: BatchPlan): BatchSource {
  const builder = new SourceBatches(plan);
  return {
    async *stream(source, order, sizes, streams) {
      yield* builder.batches(source, order, sizes, streams);
    },
    close: async () => {},
  };
}

/** Builds batches ahead in a worker with the module `entry`. */
export function workerBatches(plan: BatchPlan, entry: URL): BatchSource {
  const thread = new BatchThread(plan, entry);
  return {
    stream: (source, order, sizes, streams = null, room = null) =>
      thread.stream(source, order, sizes, streams, room),
    close: () => thread.close(),
  };
}

class BatchThread {
  private readonly worker: Worker;
  private readonly port: MessagePort;
  /**
   * Messages that arrived as events and were not taken yet; they are older than those waiting at the port.
   */
  private readonly arrived: unknown[] = [];
  private waiting: { resolve(message: unknown): void; reject(error: Error): void } | null = null;
  private broken: Error | null = null;
  private busy = false;

  constructor(plan: BatchPlan, entry: URL) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    const workerData: WorkerStart = { plan, port: port2 };
    this.worker = new Worker(entry, { workerData, transferList: [port2] });
    this.port.on("message", (message: unknown) => this.arrive(message));
    this.worker.on("error", (error) => this.fail(error));
    this.worker.on("exit", () => this.fail(new Error("the thread that builds batches has ended")));
    // Neither keeps an idle process alive; only waiting does, see `next`.
    this.worker.unref();
    this.port.unref();
  }

  async *stream(
    source: RowSource,
    order: RowOrder,
    sizes: BatchSizes,
    streams: RandomStreams | null,
    room: BatchRoom | null,
  ): AsyncGenerator<Batch> {
    invariant(!this.busy, "a stream of batches begins while another runs");
    this.busy = true;
    const control = new Int32Array(new SharedArrayBuffer(8));
    // One of the arrays holds the batch that was taken last.
    const ahead = room === null ? AHEAD : Math.min(AHEAD, room.batches - 1);
    const request: StreamRequest = { source, order, sizes, streams, room, ahead, control };
    this.port.postMessage(request);
    let over = false;
    try {
      for (;;) {
        const message = await this.next();
        over = message.kind !== "batch";
        if (message.kind === "failed") throw message.error;
        if (message.kind === "end") return;
        Atomics.add(control, TAKEN, 1);
        Atomics.notify(control, TAKEN);
        yield message.batch;
      }
    } finally {
      if (!over && this.broken === null) await this.cancel(control);
      this.busy = false;
    }
  }

  async close(): Promise<void> {
    this.broken ??= new Error("the source of batches is closed");
    this.port.close();
    await this.worker.terminate();
  }

  /** Stops the worker and takes the messages that it had already sent. */
  private async cancel(control: Int32Array): Promise<void> {
    Atomics.store(control, CANCELLED, 1);
    Atomics.add(control, TAKEN, 1);
    Atomics.notify(control, TAKEN);
    while ((await this.next()).kind === "batch");
  }

  private async next(): Promise<WorkerMessage> {
    try {
      return messageOf(await this.received(), workerMessages, "the thread that builds batches");
    } catch (error) {
      this.broken ??= error as Error;
      throw error;
    }
  }

  private async received(): Promise<unknown> {
    if (this.arrived.length > 0) return this.arrived.shift();
    // A step blocks this thread, so messages that arrived meanwhile have caused no event: look for them.
    const received = receiveMessageOnPort(this.port) as { message: unknown } | undefined;
    if (received !== undefined) return received.message;
    if (this.broken !== null) throw this.broken;
    this.port.ref();
    try {
      return await new Promise((resolve, reject) => (this.waiting = { resolve, reject }));
    } finally {
      this.port.unref();
    }
  }

  private arrive(message: unknown): void {
    if (this.waiting === null) this.arrived.push(message);
    else this.waiting.resolve(message);
    this.waiting = null;
  }

  private fail(error: Error): void {
    this.broken ??= error;
    this.waiting?.reject(this.broken);
    this.waiting = null;
  }
}
