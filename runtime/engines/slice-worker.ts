// A worker thread that computes its part of each step until it is dismissed.

import { workerData } from "node:worker_threads";
import { functionsOf } from "../../compiler/backends/wasm/training/machine.ts";
import { Slices, type ThreadTask } from "../../compiler/backends/wasm/training/slices.ts";
import { loadLibrary } from "../native/library.ts";

const { task } = workerData as { readonly task: ThreadTask };
new Slices(task, functionsOf(task.program, task.memory, loadLibrary)).serve();
