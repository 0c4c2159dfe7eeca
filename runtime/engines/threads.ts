// Threads that compute parts of a step. The compiled module starts workers; the TypeScript source has none to start.

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { ThreadTask } from "../../compiler/backends/wasm/training/slices.ts";
import type { Threads } from "../../compiler/backends/wasm/training/team.ts";

/** `asked`: how many in all; null for as many as make a step faster. Null where there is one thread only. */
export function threadsOfThisMachine(asked: number | null): Threads | null {
  if (import.meta.url.endsWith(".ts")) return null;
  const most = asked ?? availableParallelism();
  return most === 1 ? null : { most, isFixed: asked !== null, start };
}

function start(task: ThreadTask): void {
  const worker = new Worker(new URL("./slice-worker.js", import.meta.url), { workerData: task });
  // It goes home when the session ends; a process that ends does not wait for it.
  worker.unref();
}
