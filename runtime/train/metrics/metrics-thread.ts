// Metrics are computed in a thread of their own: sorting ten million rows and drawing users a thousand times must hold up
// neither the line of progress nor Ctrl-C. Scores, labels and groups lie in shared memory, so nothing is copied. Run from
// TypeScript source, where no worker can be started, the same is computed in place, slice by slice.

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
  close(): Promise<void>;
}

/** From the worker. */
export type MeasureMessage =
  | { readonly kind: "progress"; readonly progress: MeasureProgress }
  | { readonly kind: "done"; readonly metrics: Metrics }
  | { readonly kind: "failed"; readonly error: unknown };

const measureMessages: MessageKinds<MeasureMessage> = { progress: true, done: true, failed: true };

/** The compiled module starts a worker, when there is something to measure; the TypeScript source has none to start. */
export function openMeasuring(): Measuring {
  if (import.meta.url.endsWith(".ts")) return { measure: measureHere, close: async () => {} };
  return new MetricsThread(new URL("./metrics-worker.js", import.meta.url));
}

/** Measures in the worker that `entry` is the module of. */
export class MetricsThread implements Measuring {
  private readonly entry: URL;
  private worker: Worker | null = null;
  /** The request before, so that one is answered at a time. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(entry: URL) {
    this.entry = entry;
  }

  readonly measure: Measure = (request, onProgress = () => {}) => {
    const answer = this.last.then(() => this.ask(request, onProgress));
    this.last = answer.catch(() => {});
    return answer;
  };

  async close(): Promise<void> {
    const { worker } = this;
    // The next request gets another one.
    this.worker = null;
    await worker?.terminate();
  }

  private ask(request: MeasureRequest, onProgress: (progress: MeasureProgress) => void): Promise<Metrics> {
    this.worker ??= new Worker(this.entry);
    const { worker } = this;
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
          // It may still answer this request, which the next one would take for its own answer.
          void this.close();
        }
      };
      const finish = (settle: () => void) => {
        worker.off("message", onMessage).off("error", onError).off("exit", onExit).unref();
        settle();
      };
      // It keeps the process alive while it has something to do, not afterwards.
      worker.on("message", onMessage).on("error", onError).on("exit", onExit).ref();
      worker.postMessage(request);
    });
  }
}
