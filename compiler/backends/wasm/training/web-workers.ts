// Threads of a cross-origin isolated web page: its workers. The training thread is a worker itself, because a
// page may not wait.
//
// While it waits it receives no events, so another worker, the guard, watches for it. Each thread takes a
// browser lock before its first step. The browser releases the lock when the thread ends, however it ends, so
// the guard, which waits for the lock, then gets it.

import { type MessageKinds, messageOf } from "../../../common/message.ts";
import { functionsOf } from "./machine.ts";
import { Slices, type ThreadTask } from "./slices.ts";
import type { Threads } from "./team.ts";

/** The used part of a Worker. */
export interface WebWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  /** The script failed to load, or threw an uncaught error. */
  addEventListener?(type: "error", listener: (event: { readonly message?: string }) => void): void;
}

/**
 * Called for a thread that ends before it serves, with the browser's message: null if the script cannot be
 * fetched.
 */
export type OnMissing = (message: string | null) => void;

interface LockManager {
  request(name: string, held: () => void): Promise<void>;
}

declare const navigator: { readonly locks?: LockManager; readonly hardwareConcurrency?: number } | undefined;
declare const crypto: { randomUUID(): string };

/** How the guard knows of a thread, and how the training thread learns that it ended. */
interface Watched {
  readonly lock: string;
  /** One number: see `state`. */
  readonly word: Int32Array;
}

type Message =
  | { readonly kind: "serve"; readonly task: ThreadTask; readonly watched: Watched | null }
  | { readonly kind: "guard"; readonly watched: Watched };

const messages: MessageKinds<Message> = { serve: true, guard: true };

/** A thread does not have its lock yet; it has it; it is gone. */
const state = { begins: 0, serves: 1, gone: 2 } as const;

/** How often the guard checks whether a started thread has its lock. */
const LOOK_MS = 50;

/**
 * `newWorker` starts a worker that calls `takePart` with every message it receives. `most` is the maximum
 * number of threads, including this one.
 */
export function webThreads(
  newWorker: () => WebWorker,
  most: number,
  isFixed: boolean,
  onMissing: OnMissing = () => {},
): Threads {
  const guard = new Guard(newWorker);
  return {
    ...{ most, isFixed },
    start(task) {
      const watched = guard.watch();
      const worker = newWorker();
      worker.addEventListener?.("error", ({ message }) => {
        // Once a thread serves, the training thread notices its end itself.
        if (watched === null || Atomics.load(watched.word, 0) === state.begins) onMissing(message ?? null);
      });
      worker.postMessage({ kind: "serve", task, watched } satisfies Message);
      return {
        isAlive: () => watched === null || Atomics.load(watched.word, 0) !== state.gone,
        stop: () => {
          worker.terminate();
          if (watched !== null) guard.leave();
        },
      };
    },
  };
}

/**
 * The same for this page: as many threads as make steps faster, or `count` if given. Null for one thread: a
 * page that is not cross-origin isolated shares no memory, and a page that is not a worker may not wait.
 */
export function threadsOfThisPage(
  newWorker: () => WebWorker,
  count: number | null,
  onMissing: OnMissing,
): Threads | null {
  const most = count ?? (typeof navigator === "undefined" ? 1 : (navigator.hardwareConcurrency ?? 1));
  return most > 1 && mayWait() ? webThreads(newWorker, most, count !== null, onMissing) : null;
}

function mayWait(): boolean {
  if (typeof SharedArrayBuffer === "undefined") return false;
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Handles a message: takes part in steps until the session ends, or guards a thread. Throws InternalError for
 * any other message, so that the worker's owner is told by its `error` event.
 */
export function takePart(message: unknown): void {
  const given = messageOf(message, messages, "the worker that trains");
  if (given.kind === "guard") void guarded(given.watched);
  else if (given.watched === null) slicesFor(given.task).serve();
  else void serveHolding(given.watched, given.task);
}

/** One worker for all threads; null if the browser has no locks, or none for this page. */
class Guard {
  private readonly newWorker: () => WebWorker;
  private worker: WebWorker | null = null;
  private threads = 0;

  constructor(newWorker: () => WebWorker) {
    this.newWorker = newWorker;
  }

  /** Starts to watch a thread that is about to start. */
  watch(): Watched | null {
    if (locksHere() === null) return null;
    this.worker ??= this.newWorker();
    this.threads += 1;
    const word = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const watched = { lock: `dinc ${crypto.randomUUID()}`, word };
    this.worker.postMessage({ kind: "guard", watched } satisfies Message);
    return watched;
  }

  /** Stops watching a thread. */
  leave(): void {
    this.threads -= 1;
    if (this.threads > 0) return;
    this.worker?.terminate();
    this.worker = null;
  }
}

function locksHere(): LockManager | null {
  return typeof navigator === "undefined" ? null : (navigator.locks ?? null);
}

function slicesFor(task: ThreadTask): Slices {
  return new Slices(task, functionsOf(task.program, task.memory));
}

async function serveHolding({ lock, word }: Watched, task: ThreadTask): Promise<void> {
  await locksHere()!.request(lock, () => {
    Atomics.store(word, 0, state.serves);
    slicesFor(task).serve();
  });
}

async function guarded({ lock, word }: Watched): Promise<void> {
  // Earlier, the guard would get the lock first, and the thread would wait for the guard.
  while (Atomics.load(word, 0) === state.begins) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  await locksHere()!.request(lock, () => {});
  Atomics.store(word, 0, state.gone);
}
