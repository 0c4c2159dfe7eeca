// A thread that scores, as the main thread sees it. Each of its calls gets an answer: the thread's own, or a refusal if the
// thread ends or the time of a request is over.

import { Worker } from "node:worker_threads";
import { OpenCalls } from "../../compiler/serve/open-calls.ts";
import type { RankerStats } from "../../compiler/serve/stats.ts";
import { type Answer, LATE, type RankingQuestion, THREAD_ENDED } from "./answer.ts";
import type { Message, ThreadCall, ThreadData } from "./thread.ts";

/** Marks the data of a thread of a server. */
export const ROLE = "dinc server";

export interface StartedThread extends ThreadData {
  readonly role: typeof ROLE;
}

export type ReadyThread = Extract<Message, { readonly kind: "ready" }>;
type Told = Extract<Message, { readonly id: number }>;

export class ThreadHandle {
  /** Rejects if the thread ends before. */
  readonly ready: Promise<ReadyThread>;
  /** Resolves with the reason when the thread ended of itself or was stuck, and with null after `end`. */
  readonly ended: Promise<string | null>;
  /** When it was started, in milliseconds since 1970. */
  readonly since = Date.now();
  private readonly worker: Worker;
  /** Milliseconds. */
  private readonly timeout: number;
  /** Null is told to calls if the thread ends. */
  private readonly open = new OpenCalls<(message: Told | null) => void>();
  private state: "starting" | "ready" | "ended" = "starting";
  private counted: RankerStats | null = null;
  /** Ends the thread if it answers nothing for the time of a request. */
  private stuck: NodeJS.Timeout | null = null;
  private readonly finish: (reason: string | null) => void;

  /** `timeout` is the most seconds of a request. */
  constructor(script: URL, started: StartedThread, timeout: number) {
    this.timeout = 1000 * timeout;
    this.worker = new Worker(script, { workerData: started });
    const ready = promised<ReadyThread>();
    const ended = promised<string | null>();
    this.ready = ready.promise;
    this.ended = ended.promise;
    this.finish = (reason) => {
      if (this.state === "ended") return;
      this.state = "ended";
      if (this.stuck !== null) clearTimeout(this.stuck);
      ended.resolve(reason);
      ready.reject(new Error(reason ?? "the thread was ended"));
      for (const tell of this.open.takeAll()) tell(null);
    };
    this.worker.on("message", (message: Message) => {
      switch (message.kind) {
        case "ready":
          this.state = "ready";
          ready.resolve(message);
          break;
        case "unusable":
          this.finish(message.reason);
          break;
        case "answer":
        case "stats":
          this.open.take(message.id)?.(message);
          this.watch();
      }
    });
    this.worker.on("error", (error) => this.finish(error.message));
    this.worker.on("exit", (code) => this.finish(`it ended with code ${code}`));
    // Callers that wait get the error.
    this.ready.catch(() => {});
  }

  get isReady(): boolean {
    return this.state === "ready";
  }

  /** The number of its open calls; infinite if it takes none, so that others are chosen. */
  get waiting(): number {
    return this.isReady ? this.open.count : Number.POSITIVE_INFINITY;
  }

  /** The counts of the thread when it was asked last. */
  get lastStats(): RankerStats | null {
    return this.counted;
  }

  answer(kind: RankingQuestion, body: string): Promise<Answer> {
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(LATE), this.timeout);
      const until = Date.now() + this.timeout;
      void this.call((id) => ({ kind, id, body, until })).then((told) => {
        clearTimeout(late);
        resolve(told?.kind === "answer" ? told.answer : THREAD_ENDED);
      });
    });
  }

  async stats(): Promise<RankerStats | null> {
    const told = await this.call((id) => ({ kind: "stats", id }));
    if (told?.kind !== "stats") return null;
    this.counted = told.stats;
    return told.stats;
  }

  /** Ends it after its last answer. */
  async drain(): Promise<void> {
    await this.open.allAnswered();
    await this.end();
  }

  async end(): Promise<void> {
    this.finish(null);
    await this.worker.terminate();
  }

  private call(callOf: (id: number) => ThreadCall): Promise<Told | null> {
    if (!this.isReady) return Promise.resolve(null);
    const id = this.open.newId();
    return new Promise((resolve) => {
      this.open.add(id, resolve);
      if (this.open.count === 1) this.watch();
      this.worker.postMessage(callOf(id));
    });
  }

  /** Begins to wait for the next answer. */
  private watch(): void {
    if (this.stuck !== null) clearTimeout(this.stuck);
    this.stuck = null;
    if (this.open.count === 0 || this.state === "ended") return;
    this.stuck = setTimeout(() => {
      this.finish(`it answered nothing for ${this.timeout / 1000} s`);
      // Code of the system ends only when it returns.
      void this.worker.terminate();
    }, this.timeout);
  }
}

function promised<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
} {
  let settle: [(value: T) => void, (error: Error) => void] = [() => {}, () => {}];
  const promise = new Promise<T>((resolve, reject) => {
    settle = [resolve, reject];
  });
  return { promise, resolve: settle[0], reject: settle[1] };
}
