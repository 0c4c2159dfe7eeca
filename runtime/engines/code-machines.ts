// The machine's parts that engines of code made for the model need. A thread that only computes loads nothing else.

import type { SimdForm } from "../../compiler/backends/wasm/training/form.ts";
import type { WasmMachine } from "../../compiler/backends/wasm/training/team.ts";
import { findCompiler } from "../native/c-compiler.ts";
import { loadLibrary } from "../native/library.ts";
import { nativeCode } from "./native-code.ts";
import type { EngineOptions, EngineTask, EngineWatch } from "./options.ts";
import { formOfNode, threadsOfThisMachine } from "./threads.ts";

/**
 * The argument for an engine with its description, or a clause that says why it is not available and what to
 * do.
 */
export type FoundMachine<Machine> =
  | {
      readonly given: Machine;
      /** The current version; it can change when more becomes known. */
      readonly version: () => string | null;
      /** See `TrainingBackend.bits`. */
      readonly bits?: string;
    }
  | {
      readonly missing: string;
      /** Whether `auto` passes over it without a word, as over a part that most machines lack. */
      readonly isUsual?: boolean;
    };

export interface MachineOptions extends EngineOptions, EngineWatch {
  /** Whether the user chose the engine by its name. */
  readonly isAsked: boolean;
}

/** By `Engine.needs`. */
export const codeMachines: Readonly<
  Record<EngineTask["needs"], (options: MachineOptions) => Promise<FoundMachine<WasmMachine>>>
> = {
  webassembly: async ({ threads }) => {
    const form = formOfNode();
    const version = () => `WebAssembly${form === "relaxed" ? " with fused multiply-add" : ""}`;
    return {
      given: { threads: threadsOfThisMachine(threads ?? null), form },
      version,
      bits: bitsOfForm(form),
    };
  },
  native_code: async ({ threads, onNativeCode, isAsked }) => {
    const compiler = findCompiler();
    if ("missing" in compiler) return { ...compiler, isUsual: true };
    let by: string | null = null;
    const form = formOfNode();
    let said = "";
    const other = nativeCode(isAsked, compiler, form, (outcome) => {
      by = outcome.kind === "taken" ? outcome.by : null;
      // Scoring after a training has a session of its own, with the same outcome.
      const now = JSON.stringify(outcome);
      if (now !== said) onNativeCode?.(outcome);
      said = now;
    });
    return {
      given: { threads: threadsOfThisMachine(threads ?? null), form, other, loadLibrary },
      version: () => (by === null ? "WebAssembly" : `C by ${by}`),
      bits: bitsOfForm(form),
    };
  },
};

/** Native code has the bits of WebAssembly. */
function bitsOfForm(form: SimdForm): string {
  return `wasm, ${form}`;
}
