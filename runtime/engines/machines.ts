// The machine's parts that engines need. An engine whose part is missing here does not compile.

import type { Engine } from "../../compiler/backends/choices.ts";
import { findCompiler } from "../native/c-compiler.ts";
import { targetNow } from "../native/compile-library.ts";
import { loadNative, type NativeStatus, nativeStatus } from "../native/load.ts";
import { codeMachines, type FoundMachine, type MachineOptions } from "./code-machines.ts";
import { loadModule } from "./native-module.ts";

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
  ...codeMachines,
};

/** The numbers in a vector of the C compiler's code; 0 without a compiler. */
export function nativeLanes(): number {
  const compiler = findCompiler();
  const target = "missing" in compiler ? compiler : targetNow(compiler);
  return "missing" in target ? 0 : target.machine.lanes;
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
