// A thread that computes its part of each step for the worker that starts it.

import { takePart } from "../../compiler/backends/wasm/training/web-workers.ts";

addEventListener("message", ({ data }) => takePart(data));
