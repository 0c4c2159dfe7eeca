// Ranks in several threads of Node, which share one copy of the weights. The threads run this file too.

import { availableParallelism } from "node:os";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import {
  type About,
  createRanker,
  RankerInputError,
  type RankerOptions,
  type RankerStats,
  RankerWasmError,
  RankerWeightsError,
  type Request,
  type Scores,
  sumStats,
} from "./model/module.ts";
import { OpenCalls } from "./open-calls.ts";
import { patchedWeights } from "./patch.ts";

export interface PoolOptions extends Omit<RankerOptions, "wasm"> {
  /** The number of threads; by default the number that the machine runs at a time. */
  readonly threads?: number;
}

/** Thrown if the pool was closed, or one of its threads ended. */
export class RankerPoolError extends Error {
  override readonly name = "RankerPoolError";
}

type Method = "rank" | "logits";

type Call = Question & { readonly id: number };

interface StatsOptions {
  readonly reset?: boolean;
}

/** A call before its thread has assigned it an id. */
type Question =
  | { readonly method: Method; readonly request: Request }
  | { readonly method: "stats"; readonly options: StatsOptions };

/** An error in the form in which it is sent between threads. */
interface SentError {
  readonly name: string;
  readonly message: string;
  readonly field: string;
}

type Answer =
  | { readonly kind: "ready"; readonly about: About }
  | { readonly kind: "scores"; readonly id: number; readonly scores: Scores }
  | { readonly kind: "stats"; readonly id: number; readonly stats: RankerStats | null }
  /** Without an id, the start of the thread failed. */
  | { readonly kind: "error"; readonly id: number | null; readonly error: SentError };

/** Marks a thread as one of a pool. */
const ROLE = "dinc ranker pool";

interface Started {
  readonly role: typeof ROLE;
  readonly options: RankerOptions;
}

/**
 * Starts the threads and waits until each has read the weights. Weights in a SharedArrayBuffer are not
 * copied; others are copied once. @throws RankerWeightsError if they belong to another model, or are damaged.
 */
export async function createPool(options: PoolOptions): Promise<Pool> {
  const { threads = availableParallelism(), weights, ...others } = options;
  if (!Number.isInteger(threads) || threads < 1)
    throw new RangeError("threads must be a whole number from 1");
  const startWith = (bytes: PoolOptions["weights"], verify = others.verify === true) =>
    start(threads, { ...others, verify, weights: sharedCopy(bytes) });
  return new Pool(await startWith(weights), (bytes) => startWith(bytes, true));
}

/** Threads that have read the same weights. */
interface ReadyThreads {
  readonly threads: readonly Thread[];
  readonly about: About;
  readonly weights: Uint8Array;
}

interface PoolRankerOptions extends RankerOptions {
  readonly weights: Uint8Array;
}

async function start(threads: number, options: PoolRankerOptions): Promise<ReadyThreads> {
  const started: Started = { role: ROLE, options };
  const made = Array.from({ length: threads }, () => new Thread(started));
  try {
    const [about] = await Promise.all(made.map((thread) => thread.ready));
    return { threads: made, about: about!, weights: options.weights };
  } catch (error) {
    await Promise.all(made.map((thread) => thread.end()));
    throw error;
  }
}

/**
 * Scores requests, each in the thread with the fewest pending ones. Made by `createPool`; it keeps the
 * process alive until `close`.
 */
export class Pool {
  private current: ReadyThreads;
  /** Starts equally many threads with other weights. */
  private readonly startWith: (weights: PoolOptions["weights"]) => Promise<ReadyThreads>;
  /** Settles when no `replace` is in progress. */
  private replacing: Promise<unknown> = Promise.resolve();
  private closing: Promise<void> | null = null;

  constructor(current: ReadyThreads, startWith: (weights: PoolOptions["weights"]) => Promise<ReadyThreads>) {
    this.current = current;
    this.startWith = startWith;
  }

  /** The model, program and run. */
  get about(): About {
    return this.current.about;
  }

  /** Like `Ranker.rank`; rejects with its errors. @throws RankerPoolError if the pool was closed. */
  rank(request: Request): Promise<Scores> {
    return this.call("rank", request);
  }

  /** Like `rank`, before the sigmoid. */
  logits(request: Request): Promise<Scores> {
    return this.call("logits", request);
  }

  /**
   * Switches to other weights of the same program, such as those of today's training, without losing a
   * request. New threads read and verify them while the old ones continue. Then all requests go to the new
   * threads, and the old ones finish theirs and end; after that the promise resolves. Meanwhile both weights
   * are in memory. Several calls run one after the other. @throws RankerWeightsError if the weights do not
   * fit, or the golden requests get other scores: the pool is then unchanged. @throws RankerPoolError if the
   * pool was closed.
   */
  replace(weights: PoolOptions["weights"]): Promise<About> {
    return this.replaceBy(() => weights);
  }

  /**
   * Like `replace`, by a patch of `dinc weights diff`, which leads from the present weights to others. The
   * patch is applied in this thread, before others start. @throws RankerWeightsError also if the patch is
   * damaged, or leads from other weights.
   */
  patch(patch: Uint8Array | ArrayBuffer): Promise<About> {
    return this.replaceBy((present) => patchedWeights(present, patch, sharedBytes));
  }

  private replaceBy(weightsAfter: (present: Uint8Array) => PoolOptions["weights"]): Promise<About> {
    const replaced = this.replacing.then(async () => {
      if (this.closing !== null) throw closed();
      const next = await this.startWith(weightsAfter(this.current.weights));
      const last = this.current;
      this.current = next;
      await drained(last);
      return next.about;
    });
    this.replacing = replaced.catch(() => {});
    return replaced;
  }

  /**
   * The counts of all threads since the pool was made with `stats: true`, or since the weights were replaced;
   * null if it was made without. With `reset`, counting starts again from 0. Waits for the earlier requests.
   */
  async stats(options: StatsOptions = {}): Promise<RankerStats | null> {
    if (this.closing !== null) throw closed();
    const { reset = false } = options;
    const asked = this.current.threads.filter((thread) => Number.isFinite(thread.waiting));
    const all = await Promise.all(asked.map((thread) => thread.stats({ reset })));
    const counted = all.filter((stats): stats is RankerStats => stats !== null);
    return counted.length === 0 ? null : sumStats(counted);
  }

  /** Accepts no more requests, finishes pending ones, and ends the threads. Resolves when they have ended. */
  close(): Promise<void> {
    this.closing ??= this.replacing.then(() => drained(this.current));
    return this.closing;
  }

  private call(method: Method, request: Request): Promise<Scores> {
    if (this.closing !== null) return Promise.reject(closed());
    const idle = this.current.threads.reduce((best, thread) =>
      thread.waiting < best.waiting ? thread : best,
    );
    return idle.scores(method, request);
  }
}

function closed(): RankerPoolError {
  return new RankerPoolError("the pool is closed");
}

async function drained({ threads }: ReadyThreads): Promise<void> {
  await Promise.all(threads.map((thread) => thread.drain()));
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

class Thread {
  readonly ready: Promise<About>;
  private readonly worker: Worker;
  private readonly open = new OpenCalls<Waiting>();
  /** Why it can take no more requests. */
  private ended: Error | null = null;

  constructor(started: Started) {
    this.worker = new Worker(new URL(import.meta.url), { workerData: started });
    this.ready = new Promise((resolve, reject) => {
      this.worker.on("message", (answer: Answer | null) => {
        switch (answer?.kind) {
          case "ready":
            resolve(answer.about);
            break;
          case "scores":
          case "stats":
            this.open.take(answer.id)?.resolve(answer);
            break;
          case "error":
            if (answer.id === null) reject(received(answer.error));
            else this.open.take(answer.id)?.reject(received(answer.error));
            break;
          default:
            // Otherwise its caller would wait for ever.
            end("a thread of the pool sent something other than an answer");
            void this.end();
        }
      });
      const end = (why: string) => {
        this.ended ??= new RankerPoolError(why);
        reject(this.ended);
        for (const waiting of this.open.takeAll()) waiting.reject(this.ended);
      };
      this.worker.on("error", (error) => end(`a thread of the pool ended: ${error.message}`));
      this.worker.on("exit", (code) => end(`a thread of the pool ended with code ${code}`));
    });
    // Prevents an unhandled rejection; callers that wait still get the error.
    this.ready.catch(() => {});
  }

  /** The number of pending requests; infinite if it has ended, so that others are chosen. */
  get waiting(): number {
    return this.ended === null ? this.open.count : Number.POSITIVE_INFINITY;
  }

  async scores(method: Method, request: Request): Promise<Scores> {
    const answer = await this.call({ method, request });
    if (answer.kind !== "scores")
      throw new RankerPoolError(`a thread of the pool gave ${answer.kind} instead of scores`);
    return answer.scores;
  }

  async stats(options: StatsOptions): Promise<RankerStats | null> {
    const answer = await this.call({ method: "stats", options });
    if (answer.kind !== "stats")
      throw new RankerPoolError(`a thread of the pool gave ${answer.kind} instead of stats`);
    return answer.stats;
  }

  private call(question: Question): Promise<Answer> {
    if (this.ended !== null) return Promise.reject(this.ended);
    const id = this.open.newId();
    return new Promise((resolve, reject) => {
      const call: Call = { id, ...question };
      try {
        this.worker.postMessage(call);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        reject(new RankerInputError("request", `cannot be sent to a thread: ${reason}`));
        return;
      }
      this.open.add(id, { resolve, reject });
    });
  }

  /** Ends it after all pending requests. */
  async drain(): Promise<void> {
    await this.open.allAnswered();
    await this.end();
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

function sharedCopy(weights: Uint8Array | ArrayBuffer): Uint8Array {
  const bytes = weights instanceof Uint8Array ? weights : new Uint8Array(weights);
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const copy = sharedBytes(bytes.length);
  copy.set(bytes);
  return copy;
}

function sharedBytes(size: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(size));
}

function sent(error: unknown): SentError {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { name, message, field: error instanceof RankerInputError ? error.field : "" };
}

function received({ name, message, field }: SentError): Error {
  switch (name) {
    case "RankerInputError":
      return new RankerInputError(field, message.slice(field.length + 1));
    case "RankerWeightsError":
      return new RankerWeightsError(message);
    case "RankerWasmError":
      return new RankerWasmError(message);
    default:
      return Object.assign(new Error(message), { name });
  }
}

async function serve({ options }: Started): Promise<void> {
  const answer = (message: Answer, moved: ArrayBuffer[] = []) => parentPort!.postMessage(message, moved);
  try {
    const ranker = await createRanker(options);
    parentPort!.on("message", (call: Call) => {
      const { id } = call;
      try {
        if (call.method === "stats") {
          answer({ kind: "stats", id, stats: ranker.stats(call.options) });
          return;
        }
        const scores = ranker[call.method](call.request);
        const lists: Float32Array[] = scores instanceof Float32Array ? [scores] : Object.values(scores);
        answer(
          { kind: "scores", id, scores },
          lists.map(({ buffer }) => buffer as ArrayBuffer),
        );
      } catch (error) {
        answer({ kind: "error", id, error: sent(error) });
      }
    });
    answer({ kind: "ready", about: ranker.about });
  } catch (error) {
    answer({ kind: "error", id: null, error: sent(error) });
  }
}

if (!isMainThread && (workerData as Partial<Started> | null)?.role === ROLE)
  void serve(workerData as Started);
