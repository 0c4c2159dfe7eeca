// Loads tfjs and its install-free backends for Node: WebAssembly, and plain JavaScript.

import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import type { Tfjs } from "../../compiler/backends/tfjs/lowering.ts";
import type { TfjsName } from "../../compiler/backends/tfjs/machine.ts";
import { invariant } from "../../compiler/common/internal-error.ts";

const loaded = new Map<TfjsName, Promise<Tfjs>>();

/** tfjs with that backend ready; loaded once a process. */
export function loadTfjs(backend: TfjsName): Promise<Tfjs> {
  const known = loaded.get(backend) ?? load(backend);
  loaded.set(backend, known);
  return known;
}

async function load(backend: TfjsName): Promise<Tfjs> {
  const tf: Tfjs = await import("@tensorflow/tfjs");
  // Without it tfjs prints advice to use another package.
  tf.enableProdMode();
  if (backend === "wasm") {
    const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(wasmFolder());
  }
  invariant(await tf.setBackend(backend), `tfjs cannot start its ${backend} backend`);
  await tf.ready();
  return tf;
}

/** Where the backend's .wasm files are. */
export function wasmFolder(): string {
  const main = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  return join(dirname(main), sep);
}
