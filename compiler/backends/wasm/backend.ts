import type { BackendDefinition, TrainingEngine } from "../contract/backend.ts";
import type { WasmMachine } from "./training/team.ts";

const wasm32 = {
  name: "wasm",
  how: "made for the model",
  fastest: { of: async () => true, because: "the model's matrix products are small" },
  needs: "webassembly",
  parts: 1,
  open: async (machine, program, initial, tables, batchBytes) =>
    (await import("./training/session.ts")).openSession(machine, program, initial, tables, batchBytes),
} as const satisfies TrainingEngine<WasmMachine>;

export const wasm = {
  doc: "WebAssembly with vectors of four numbers: it trains and scores. Modules of TypeScript contain it, and use it on machines that support it.",
  engines: [wasm32],
  target: null,
} as const satisfies BackendDefinition;
