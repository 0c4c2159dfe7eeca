// Computes metrics in a worker thread, so that sorting ten million rows and drawing users a thousand times
// delays neither the line of progress nor Ctrl-C. Scores, labels and groups are in shared memory, so nothing
// is copied. TypeScript source cannot start a worker, so there the same is computed in place, slice by slice.

import { Worker } from "node:worker_threads";
import { type MessageKinds, messageOf } from "../../../compiler/common/message.ts";
import type { MeasureProgress } from "../../../compiler/train/metrics/bootstrap.ts";
import {
  type Measure,
  type MeasureRequest,
  type Metrics,
  measureHere,
} from "../../../compiler/train/metrics/evaluate.ts";

export interface Measuring {
  readonly measure: Measure;
  /** Starts the thread while something else is at work, so that the first request need not wait for it. */
  begin(): void;
  close(): Promise<void>;
}

/** A message from the worker. */
export type MeasureMessage =
  | { readonly kind: "progress"; readonly progress: MeasureProgress }
  | { readonly kind: "done"; readonly metrics: Metrics }
  | { readonly kind: "failed"; readonly error: unknown };

const measureMessages: MessageKinds<MeasureMessage> = { progress: true, done: true, failed: true };

/** The compiled module starts a worker when there is something to measure; the TypeScript source cannot. */
export function openMeasuring(): Measuring {
  if (import.meta.url.endsWith(".ts"))
    return { measure: measureHere, begin: () => {}, close: async () => {} };
  return new MetricsThread(new URL("./metrics-worker.js", import.meta.url));
}

/** Measures in a worker with the module `entry`. */
export class MetricsThread implements Measuring {
  private readonly entry: URL;
  private worker: Worker | null = null;
  /** The previous request, because requests are answered one at a time. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(entry: URL) {
    this.entry = entry;
  }

  readonly measure: Measure = (request, onProgress = () => {}) => {
    const answer = this.last.then(() => this.ask(request, onProgress));
    this.last = answer.catch(() => {});
    return answer;
  };

  begin(): void {
    this.started();
  }

  async close(): Promise<void> {
    const { worker } = this;
    // The next request starts another worker.
    this.worker = null;
    await worker?.terminate();
  }

  /** One that ends before it is asked is started again. */
  private started(): Worker {
    if (this.worker !== null) return this.worker;
    const worker = new Worker(this.entry);
    const forget = () => {
      if (this.worker === worker) this.worker = null;
    };
    worker.on("error", forget).on("exit", forget).unref();
    this.worker = worker;
    return worker;
  }

  private ask(request: MeasureRequest, onProgress: (progress: MeasureProgress) => void): Promise<Metrics> {
    const worker = this.started();
    return new Promise((resolve, reject) => {
      const onExit = () => finish(() => reject(new Error("the thread that computes metrics has ended")));
      const onError = (error: Error) => finish(() => reject(error));
      const onMessage = (received: unknown) => {
        try {
          const message = messageOf(received, measureMessages, "the thread that computes metrics");
          if (message.kind === "progress") onProgress(message.progress);
          else if (message.kind === "done") finish(() => resolve(message.metrics));
          else finish(() => reject(message.error));
        } catch (error) {
          finish(() => reject(error));
          // The worker may still answer this request, and the next one would mistake that for its own answer.
          void this.close();
        }
      };
      const finish = (settle: () => void) => {
        worker.off("message", onMessage).off("error", onError).off("exit", onExit).unref();
        settle();
      };
      // The worker keeps the process alive only while it is busy.
      worker.on("message", onMessage).on("error", onError).on("exit", onExit).ref();
      worker.postMessage(request);
    });
  }
}
