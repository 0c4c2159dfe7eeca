// Loads a library of native code that was printed as an addon for Node.

import type { StepFunctions, WasmMemory } from "../../compiler/backends/wasm/training/machine.ts";

type Exported = Readonly<Record<string, (memory: Uint8Array, ...values: number[]) => void>>;

/** Why it cannot be loaded, as a clause; null if it can. */
export function problemOfLibrary(path: string): string | null {
  try {
    process.dlopen({ exports: {} }, path);
    return null;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return `the compiled library does not load: ${message.split("\n")[0]}`;
  }
}

/** Its functions on this memory, which never moves. Several threads may load the same library. */
export function loadLibrary(path: string, memory: WasmMemory): StepFunctions {
  const addon: { readonly exports: Exported } = { exports: {} };
  process.dlopen(addon, path);
  const bytes = new Uint8Array(memory.buffer);
  return Object.fromEntries(
    Object.entries(addon.exports).map(([name, run]) => [
      name,
      // Steps pass one or two numbers; rest arguments would cost more than the call.
      (first: number, second?: number) =>
        second === undefined ? run(bytes, first) : run(bytes, first, second),
    ]),
  );
}
