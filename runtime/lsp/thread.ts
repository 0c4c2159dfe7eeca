// A worker thread that answers one question at a time; what it fails at is told, and the next question has an answer again.

import { parentPort, Worker, type WorkerOptions } from "node:worker_threads";
import { invariant } from "../../compiler/internal-error.ts";

type Reply<A> =
  | { readonly kind: "done"; readonly answer: A }
  | { readonly kind: "failed"; readonly error: unknown };

export class Thread<Q, A> {
  private readonly script: URL;
  private readonly options: WorkerOptions;
  private readonly log: (problem: unknown) => void;
  private worker: Worker | null = null;
  private settle: ((answer: A | null) => void) | null = null;

  /** `script` calls `answering`. */
  constructor(script: URL, options: WorkerOptions, log: (problem: unknown) => void) {
    this.script = script;
    this.options = options;
    this.log = log;
  }

  get isBusy(): boolean {
    return this.settle !== null;
  }

  /** Whether it remembers questions; one that ended is started anew. */
  get isRunning(): boolean {
    return this.worker !== null;
  }

  /** Null where it failed. Nothing is asked while it is busy. */
  ask(question: Q): Promise<A | null> {
    invariant(!this.isBusy, "a thread is asked before it has answered");
    this.worker ??= this.start();
    this.worker.postMessage(question);
    return new Promise((settle) => {
      this.settle = settle;
    });
  }

  private start(): Worker {
    const worker = new Worker(this.script, this.options);
    worker.on("message", (reply: Reply<A>) => {
      if (reply.kind === "failed") this.log(reply.error);
      this.answered(reply.kind === "done" ? reply.answer : null);
    });
    worker.on("error", (error) => {
      this.log(error);
      this.worker = null;
      this.answered(null);
    });
    // The editor ends the server, whatever is being computed.
    worker.unref();
    return worker;
  }

  private answered(answer: A | null): void {
    const { settle } = this;
    this.settle = null;
    settle?.(answer);
  }
}

/** In the worker: answers every question with what `answer` gives. */
export function answering<Q, A>(answer: (question: Q) => A): void {
  invariant(parentPort !== null, "this is no worker");
  const port = parentPort;
  port.on("message", (question: Q) => {
    try {
      port.postMessage({ kind: "done", answer: answer(question) });
    } catch (error) {
      port.postMessage({ kind: "failed", error });
    }
  });
}
