// Scores rows in a worker thread, so that further rows are read and scores are written meanwhile. Rows, tables and
// logits are in shared memory.

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { type MessageKinds, messageOf } from "../../compiler/common/message.ts";
import { type Diagnostic, DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import type { RowSource } from "../data/batches.ts";
import type { EngineTask, EngineWatch, NativeCodeOutcome } from "../engines/options.ts";
import type { Logits, Scorer, ScoringPlan } from "./scorer.ts";

/** Sent once, when the worker starts. */
export interface ScoringStart {
  readonly plan: ScoringPlan;
  readonly task: EngineTask;
}

/** A message from the worker, which answers requests in their order. */
export type ScoringMessage =
  | { readonly kind: "native-code"; readonly outcome: NativeCodeOutcome }
  | { readonly kind: "scored"; readonly rows: number }
  | { readonly kind: "done"; readonly logits: Logits }
  | { readonly kind: "refused"; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "failed"; readonly error: unknown };

const scoringMessages: MessageKinds<ScoringMessage> = {
  "native-code": true,
  scored: true,
  done: true,
  refused: true,
  failed: true,
};

interface ScoringRequest {
  readonly onProgress: (rows: number) => void;
  resolve(logits: Logits): void;
  reject(error: unknown): void;
}

export class ScoringThread implements Scorer {
  private readonly worker: Worker;
  private readonly watch: EngineWatch;
  /** The unanswered requests, the oldest first. */
  private readonly requests: ScoringRequest[] = [];
  private hasAnswered = false;
  private broken: unknown = null;

  /** A worker with the module `entry`. */
  constructor(entry: URL, start: ScoringStart, watch: EngineWatch) {
    this.watch = watch;
    this.worker = new Worker(entry, { workerData: start });
    this.worker
      .on("message", (message: unknown) => this.receive(message))
      .on("error", (error) => this.fail(error))
      .on("exit", () => this.fail(new Error("the thread that scores rows has ended")))
      // Only a request keeps the process alive.
      .unref();
  }

  score(data: RowSource, onProgress: (rows: number) => void = () => {}): Promise<Logits> {
    return new Promise((resolve, reject) => {
      if (this.broken !== null) return reject(this.broken);
      this.requests.push({ onProgress, resolve, reject });
      this.worker.ref();
      this.worker.postMessage(data);
    });
  }

  async close(): Promise<void> {
    const isIdle = this.hasAnswered && this.broken === null && this.requests.length === 0;
    this.fail(new Error("the scorer is closed"));
    if (!isIdle) {
      await this.worker.terminate();
      return;
    }
    // At its end, the engine may have something to tell.
    const ended = once(this.worker, "exit");
    this.worker.ref();
    this.worker.postMessage(null);
    await ended;
  }

  /** An error of a callback fails the oldest request. */
  private receive(received: unknown): void {
    try {
      this.take(messageOf(received, scoringMessages, "the thread that scores rows"));
    } catch (error) {
      this.fail(error);
    }
  }

  private take(message: ScoringMessage): void {
    switch (message.kind) {
      case "native-code":
        this.watch.onNativeCode?.(message.outcome);
        return;
      case "scored":
        this.requests[0]?.onProgress(message.rows);
        return;
      case "done":
        this.hasAnswered = true;
        this.requests.shift()?.resolve(message.logits);
        break;
      case "refused":
        this.requests.shift()?.reject(new DiagnosticError(message.diagnostics));
        break;
      case "failed":
        this.requests.shift()?.reject(message.error);
    }
    if (this.requests.length === 0) this.worker.unref();
  }

  private fail(error: unknown): void {
    this.broken ??= error;
    for (const { reject } of this.requests.splice(0)) reject(this.broken);
    this.worker.unref();
  }
}
