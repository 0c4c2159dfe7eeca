// Threads that compute parts of a step. The compiled module starts workers; the TypeScript source has none to start.

import { availableParallelism } from "node:os";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { ThreadTask } from "../../compiler/backends/wasm/training/slices.ts";
import type { Threads } from "../../compiler/backends/wasm/training/team.ts";

/** `asked`: how many in all; null for as many as make a step faster. Null where there is one thread only. */
export function threadsOfThisMachine(asked: number | null): Threads | null {
  if (import.meta.url.endsWith(".ts")) return null;
  const most = asked ?? availableParallelism();
  return most === 1 ? null : { most, isFixed: asked !== null, start };
}

/**
 * Lets V8 make one vector of eight numbers of two neighbouring ones of four, in modules that are compiled from now on. False where V8 does
 * not know how. It is an experiment of V8's, so nobody has it unasked.
 */
export function widenVectors(): boolean {
  const [major] = process.versions.node.split(".").map(Number) as [number];
  if (major < 22 || process.arch !== "x64") return false;
  setFlagsFromString("--experimental-wasm-revectorize");
  return true;
}

function start(task: ThreadTask): void {
  const worker = new Worker(new URL("./slice-worker.js", import.meta.url), { workerData: task });
  // It goes home when the session ends; a process that ends does not wait for it.
  worker.unref();
}
