// A thread that takes part in steps until it is sent home.

import { workerData } from "node:worker_threads";
import { Slices, type ThreadTask } from "../../compiler/backends/wasm/training/slices.ts";

new Slices((workerData as { readonly task: ThreadTask }).task).serve();
