import type { Backend, TrainingEngine } from "../contract/backend.ts";
import type { Tfjs } from "./lowering.ts";
import type { LoadTfjs, TfjsName } from "./machine.ts";

function engine<N extends TfjsName>(name: N) {
  return {
    name,
    how: `tfjs on ${name}, op by op`,
    gain: null,
    needs: "tfjs",
    parts: 1,
    open: async (load, program, initial) =>
      (await import("./session.ts")).openSession((await load(name)) as Tfjs, name, program, initial),
  } as const satisfies TrainingEngine<LoadTfjs>;
}

/** What needs no installation. */
export const tfjs = {
  doc: "Ops of tfjs, one by one, on WebAssembly or in plain JavaScript: nothing to install.",
  engines: [engine("cpu")],
  target: null,
} as const satisfies Backend;
