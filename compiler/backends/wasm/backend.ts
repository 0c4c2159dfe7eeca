import type { Backend, TrainingEngine } from "../contract/backend.ts";
import type { Threads } from "./training/team.ts";

const wasm32 = {
  name: "wasm",
  how: "WebAssembly made for the model",
  gain: null,
  needs: "threads",
  parts: 1,
  open: async (threads, program, initial) =>
    (await import("./training/session.ts")).openSession(threads, program, initial),
} as const satisfies TrainingEngine<Threads | null>;

export const wasm = {
  doc: "WebAssembly with vectors of four numbers: it trains and scores, and modules of TypeScript carry it and use it where it runs.",
  engines: [wasm32],
  target: null,
} as const satisfies Backend;
