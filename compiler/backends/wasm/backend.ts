import type { BackendDefinition, TrainingEngine } from "../contract/backend.ts";
import type { WasmMachine } from "./training/team.ts";

const open: TrainingEngine<WasmMachine>["open"] = async (machine, program, initial, tables, batchBytes) =>
  (await import("./training/session.ts")).openSession(machine, program, initial, tables, batchBytes);

/** Starts as WebAssembly; the machine's other form is native code. */
const native = {
  name: "native",
  how: "made for the model",
  fastest: {
    of: async () => true,
    because: "the machine has a C compiler, whose code takes over after some seconds",
  },
  needs: "native_code",
  parts: 1,
  open,
} as const satisfies TrainingEngine<WasmMachine>;

const wasm32 = {
  name: "wasm",
  how: "made for the model",
  fastest: { of: async () => true, because: "the model's matrix products are small" },
  needs: "webassembly",
  parts: 1,
  open,
} as const satisfies TrainingEngine<WasmMachine>;

export const wasm = {
  doc: "WebAssembly with vectors of four numbers: it trains and scores. Modules of TypeScript contain it, and use it on machines that support it. `native` goes on in C with the processor's vectors as soon as a C compiler has compiled the step.",
  engines: [native, wasm32],
  target: null,
} as const satisfies BackendDefinition;
