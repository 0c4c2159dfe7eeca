// The machine's parts that engines need. An engine whose part is missing here does not compile.

import type { Engine } from "../../compiler/backends/choices.ts";
import type { SimdForm } from "../../compiler/backends/wasm/training/form.ts";
import { findCompiler } from "../native/c-compiler.ts";
import { targetNow } from "../native/compile-library.ts";
import { loadLibrary } from "../native/library.ts";
import { loadNative, type NativeStatus, nativeStatus } from "../native/load.ts";
import { nativeCode } from "./native-code.ts";
import { loadModule } from "./native-module.ts";
import type { EngineOptions, EngineWatch } from "./options.ts";
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

interface MachineOptions extends EngineOptions, EngineWatch {
  /** Whether the user chose the engine by its name. */
  readonly isAsked: boolean;
}

type Machines = {
  readonly [E in Engine as NonNullable<E["needs"]>]: (
    options: MachineOptions,
  ) => Promise<FoundMachine<Parameters<E["open"]>[0]>>;
};

const machines: Machines = {
  tensorflow: async () => {
    const native = await loadNative();
    if (native === null) return { missing: withoutNative(await nativeStatus()) };
    const { tfjsNode, tensorflow } = native.versions;
    return { given: loadModule(native), version: () => `tfjs-node ${tfjsNode}, TensorFlow ${tensorflow}` };
  },
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

/** The numbers in a vector of the C compiler's code; 0 without a compiler. */
export function nativeLanes(): number {
  const compiler = findCompiler();
  const target = "missing" in compiler ? compiler : targetNow(compiler);
  return "missing" in target ? 0 : target.machine.lanes;
}

/** Native code has the bits of WebAssembly. */
function bitsOfForm(form: SimdForm): string {
  return `wasm, ${form}`;
}

/** The argument for `open` of an engine. */
export async function machineFor({ needs }: Engine, options: MachineOptions): Promise<FoundMachine<unknown>> {
  return needs === null ? { given: null, version: () => null } : machines[needs](options);
}

function withoutNative(status: NativeStatus): string {
  if (status.kind === "broken")
    return `native tfjs-node in ${status.folder} does not load: ${status.reason}; dinc doctor says more`;
  return "native tfjs-node is not installed: dinc native install installs it";
}
