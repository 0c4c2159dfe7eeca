import type { Backend } from "../contract/backend.ts";

export const wasm = {
  doc: "WebAssembly with vectors of four numbers, which modules of TypeScript carry and use where it runs.",
  engines: [],
  target: null,
} as const satisfies Backend;
