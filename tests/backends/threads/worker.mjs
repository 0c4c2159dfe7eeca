// In the place of runtime/engines/slice-worker.ts.

import { workerData } from "node:worker_threads";
import { functionsOf } from "../../../dist/compiler/backends/wasm/training/machine.js";
import { Slices } from "../../../dist/compiler/backends/wasm/training/slices.js";
import { STUCK } from "./hook.mjs";
import { slowed } from "./slowed.mjs";

const { task, counts, how } = workerData;
const [end, at] = how.split(" ");
const slices = new Slices(task, functionsOf(task.program, task.memory));
slowed(slices, () => {
  counts[task.thread] += 1;
  if (counts[task.thread] !== Number(at)) return;
  if (end === "throw") throw new Error("no luck");
  if (end === "exit") process.exit();
  Atomics.store(counts, STUCK, 1);
  for (;;) Atomics.wait(counts, 0, counts[0], 10);
});
counts[task.thread] = 0;
Atomics.notify(counts, task.thread);
slices.serve();
