// Threads of a web page that is cross-origin isolated: its workers. Whoever trains is a worker itself, because a page may not wait.

import { Slices, type ThreadTask } from "./slices.ts";
import type { Threads } from "./team.ts";

/** The part of a Worker that is used. */
export interface WebWorker {
  postMessage(task: unknown): void;
  terminate(): void;
}

/** `newWorker` starts a worker that calls `takePart` with the first message that it gets. At most `most` threads, this one among them. */
export function webThreads(newWorker: () => WebWorker, most: number, isFixed: boolean): Threads {
  return {
    ...{ most, isFixed },
    start(task) {
      const worker = newWorker();
      worker.postMessage(task);
      // A page learns of a worker's end by an event, which who waits does not see.
      return { isAlive: () => true, stop: () => worker.terminate() };
    },
  };
}

/** Takes part in steps until the session ends. */
export function takePart(task: unknown): void {
  new Slices(task as ThreadTask).serve();
}
