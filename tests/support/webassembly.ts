// WebAssembly of this process, with relaxed SIMD, which Node 20 compiles only when it is asked to.

import { setFlagsFromString } from "node:v8";

if (process.version.startsWith("v20.")) setFlagsFromString("--experimental-wasm-relaxed-simd");

/** The part that tests use. Its own types come with those of browsers only. */
declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean;
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object): Promise<{ readonly exports: object }>;
};

export function isValid(bytes: Uint8Array): boolean {
  return WebAssembly.validate(bytes);
}

/** A module, as `import module from "./model.wasm"` gives it on an edge worker. */
export function compileWasm(bytes: Uint8Array): Promise<object> {
  return WebAssembly.compile(bytes);
}

/** `T` is what the module exports. */
export async function exportsOf<T extends object>(bytes: Uint8Array): Promise<T> {
  const { exports } = await WebAssembly.instantiate(await compileWasm(bytes));
  return exports as T;
}
