// Loaded before the compiled back end: its threads run `worker.mjs`, which counts their slices, slows them
// down at random, so that slices are taken in any order, and ends the first of them as HOW says: `throw 40`
// in its 40th slice, `exit 40`, `stuck 40`.

import { syncBuiltinESMExports } from "node:module";
import threads, { isMainThread } from "node:worker_threads";

/** By thread how many slices it took, −1 before it begins; and, last, whether one is stuck. */
export const counts = new Int32Array(new SharedArrayBuffer(64)).fill(-1);
export const STUCK = 15;
/** By number, from 1. */
export const workers = [];

if (isMainThread) {
  const { Worker } = threads;
  threads.Worker = class extends Worker {
    constructor(script, options) {
      if (!String(script).endsWith("/slice-worker.js")) {
        super(script, options);
        return;
      }
      const { thread } = options.workerData.task;
      const how = thread === 1 ? (process.env.HOW ?? "work") : "work";
      const workerData = { ...options.workerData, counts, how };
      super(new URL("./worker.mjs", import.meta.url), { ...options, workerData });
      workers[thread] = this;
    }
  };
  syncBuiltinESMExports();
}
