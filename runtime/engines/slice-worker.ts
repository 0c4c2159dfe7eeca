// A worker thread that computes its part of each step until it is dismissed.

import { workerData } from "node:worker_threads";
import { Slices, type ThreadTask } from "../../compiler/backends/wasm/training/slices.ts";

new Slices((workerData as { readonly task: ThreadTask }).task).serve();
