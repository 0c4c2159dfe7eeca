// A worker thread that answers one question at a time, with limits of time and memory. A failed question is
// reported, and the next one is answered again.

import { parentPort, Worker, type WorkerOptions } from "node:worker_threads";
import { invariant } from "../../compiler/common/internal-error.ts";
import { type MessageKinds, messageOf } from "../../compiler/common/message.ts";
import { type Asking, defaultLimits, type Failure, type Limits, type Telling } from "./asking.ts";

type Reply<A> =
  | { readonly kind: "done"; readonly answer: A }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "at"; readonly what: string }
  | { readonly kind: "log"; readonly problem: unknown };

/** The kinds of replies, which are the same for all answers. */
const replies: MessageKinds<Reply<unknown>> = { done: true, failed: true, at: true, log: true };

/** A factor for the first limit, because a worker may have to load its program before its first report. */
const TO_BEGIN = 10;

export class Thread<Q, A> implements Asking<Q, A> {
  private readonly script: URL;
  private readonly options: WorkerOptions;
  private readonly log: (problem: unknown) => void;
  private readonly limits: Limits;
  private worker: Worker | null = null;
  private settle: ((answer: A | null) => void) | null = null;
  private timer: NodeJS.Timeout | undefined;
  /** The failure of the last question. */
  failure: Failure | null = null;
  /** The last part that the worker reported for it. */
  at: string | null = null;

  /** `script` must call `answering`. */
  constructor(
    script: URL,
    options: WorkerOptions,
    log: (problem: unknown) => void,
    limits: Limits = defaultLimits,
  ) {
    this.script = script;
    this.options = { ...options, resourceLimits: { maxOldGenerationSizeMb: limits.megabytes } };
    this.log = log;
    this.limits = limits;
  }

  get isBusy(): boolean {
    return this.settle !== null;
  }

  /** Whether the worker remembers questions; it is restarted after it ended. */
  get isRunning(): boolean {
    return this.worker !== null;
  }

  /** Null if it failed. It must not be busy. */
  ask(question: Q): Promise<A | null> {
    invariant(!this.isBusy, "a thread is asked before it has answered");
    this.failure = null;
    this.at = null;
    this.worker ??= this.start();
    this.worker.postMessage(question);
    this.hurry(TO_BEGIN);
    return new Promise((settle) => {
      this.settle = settle;
    });
  }

  private start(): Worker {
    const worker = new Worker(this.script, this.options);
    worker.on("message", (received: unknown) => {
      if (worker !== this.worker) return;
      try {
        this.take(messageOf<Reply<A>>(received, replies, "a thread of the language server"));
      } catch (error) {
        this.log(error);
        this.stop(worker, "mistake");
      }
    });
    worker.on("error", (error: NodeJS.ErrnoException) => {
      if (worker !== this.worker) return;
      const isMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
      if (!isMemory) this.log(error);
      this.ended(isMemory ? "memory" : "mistake");
    });
    worker.on("exit", () => {
      if (worker === this.worker) this.ended("mistake");
    });
    // The editor can end the server, whatever is being computed.
    worker.unref();
    return worker;
  }

  private take(reply: Reply<A>): void {
    switch (reply.kind) {
      case "done":
        this.answered(reply.answer);
        break;
      case "failed":
        this.log(reply.error);
        this.answered(null, "mistake");
        break;
      case "at":
        this.at = reply.what;
        this.hurry(1);
        break;
      case "log":
        this.log(reply.problem);
        break;
    }
  }

  private hurry(times: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.stop(this.worker, "time"), times * this.limits.milliseconds);
    this.timer.unref();
  }

  private stop(worker: Worker | null, failure: Failure): void {
    this.ended(failure);
    void worker?.terminate();
  }

  private ended(failure: Failure): void {
    this.worker = null;
    this.answered(null, failure);
  }

  private answered(answer: A | null, failure: Failure | null = null): void {
    clearTimeout(this.timer);
    const { settle } = this;
    this.settle = null;
    this.failure = failure;
    settle?.(answer);
  }
}

/** Runs in the worker: answers every question with `answer`. */
export function answering<Q, A>(answer: (question: Q, telling: Telling) => A): void {
  invariant(parentPort !== null, "this isn't a worker");
  const port = parentPort;
  const telling: Telling = {
    at: (what) => port.postMessage({ kind: "at", what }),
    log: (problem) => port.postMessage({ kind: "log", problem }),
  };
  port.on("message", (question: Q) => {
    try {
      port.postMessage({ kind: "done", answer: answer(question, telling) });
    } catch (error) {
      port.postMessage({ kind: "failed", error });
    }
  });
}
