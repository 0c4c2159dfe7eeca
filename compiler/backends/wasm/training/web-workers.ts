// Threads of a web page that is cross-origin isolated: its workers. Whoever trains is a worker itself,
// because a page may not wait.
//
// While that one waits it hears of nothing, so another worker, the guard, listens in its place. A thread has
// a lock of the browser's from before its first step, and the browser takes that back when the thread ends,
// however it ends: whoever asks for the lock gets it then.

import { type MessageKinds, messageOf } from "../../../common/message.ts";
import { Slices, type ThreadTask } from "./slices.ts";
import type { Threads } from "./team.ts";

/** The part of a Worker that is used. */
export interface WebWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  /** Its script does not load, or throws what nobody catches. */
  addEventListener?(type: "error", listener: (event: { readonly message?: string }) => void): void;
}

/**
 * Hears of a thread that ends before it serves, with what the browser says of it: nothing where the script
 * cannot be fetched.
 */
export type OnMissing = (message: string | null) => void;

interface LockManager {
  request(name: string, held: () => void): Promise<void>;
}

declare const navigator: { readonly locks?: LockManager; readonly hardwareConcurrency?: number } | undefined;
declare const crypto: { randomUUID(): string };

/** How the guard knows of a thread, and how whoever trains knows what became of it. */
interface Watched {
  readonly lock: string;
  /** One number: see `state`. */
  readonly word: Int32Array;
}

type Message =
  | { readonly kind: "serve"; readonly task: ThreadTask; readonly watched: Watched | null }
  | { readonly kind: "guard"; readonly watched: Watched };

const messages: MessageKinds<Message> = { serve: true, guard: true };

/** A thread has no lock yet, it has it, it is gone. */
const state = { begins: 0, serves: 1, gone: 2 } as const;

/** How often the guard looks whether a thread that was started has its lock. */
const LOOK_MS = 50;

/**
 * `newWorker` starts a worker that calls `takePart` with every message that it gets. At most `most` threads,
 * this one among them.
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
        // Of one that serves whoever trains hears when it is missed.
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
 * The same for this page: as many threads as make steps faster, or `count` where it is said. Null where there
 * is one thread: a page that is not cross-origin isolated shares no memory, and a page itself, which is no
 * worker, may not wait.
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
 * Does what the message says: takes part in steps until the session ends, or guards a thread. Throws InternalError for any
 * other message, so that whoever started the worker hears of it by its `error` event.
 */
export function takePart(message: unknown): void {
  const given = messageOf(message, messages, "the worker that trains");
  if (given.kind === "guard") void guarded(given.watched);
  else if (given.watched === null) new Slices(given.task).serve();
  else void serveHolding(given.watched, given.task);
}

/** One worker for all threads; there is none where the browser has no locks, or none for this page. */
class Guard {
  private readonly newWorker: () => WebWorker;
  private worker: WebWorker | null = null;
  private threads = 0;

  constructor(newWorker: () => WebWorker) {
    this.newWorker = newWorker;
  }

  /** Begins to watch a thread, which is started then. */
  watch(): Watched | null {
    if (locksHere() === null) return null;
    this.worker ??= this.newWorker();
    this.threads += 1;
    const word = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const watched = { lock: `dinc ${crypto.randomUUID()}`, word };
    this.worker.postMessage({ kind: "guard", watched } satisfies Message);
    return watched;
  }

  /** A thread is not watched any more. */
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

async function serveHolding({ lock, word }: Watched, task: ThreadTask): Promise<void> {
  await locksHere()!.request(lock, () => {
    Atomics.store(word, 0, state.serves);
    new Slices(task).serve();
  });
}

async function guarded({ lock, word }: Watched): Promise<void> {
  // Before, the guard would get the lock, and the thread would wait for the guard.
  while (Atomics.load(word, 0) === state.begins) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  await locksHere()!.request(lock, () => {});
  Atomics.store(word, 0, state.gone);
}
