// The machine's parts that engines need. An engine without its part does not compile.

import type { Engine } from "../../compiler/backends/choices.ts";
import { bestForm } from "../../compiler/backends/wasm/training/form.ts";
import { loadNative, type NativeStatus, nativeStatus } from "../native/load.ts";
import { loadTfjs } from "./load-tfjs.ts";
import { loadModule } from "./native-module.ts";
import { threadsOfThisMachine } from "./threads.ts";

/** What an engine is given, and what it is in words; or why it is not there and what to do, as a clause. */
export type Found<Machine> =
  | { readonly given: Machine; readonly version: string | null }
  | { readonly missing: string };

type Machines = {
  readonly [E in Engine as NonNullable<E["needs"]>]: (
    threads: number | null,
  ) => Promise<Found<Parameters<E["open"]>[0]>>;
};

const machines: Machines = {
  tensorflow: async () => {
    const native = await loadNative();
    if (native === null) return { missing: withoutNative(await nativeStatus()) };
    const { tfjsNode, tensorflow } = native.versions;
    return { given: loadModule(native), version: `tfjs-node ${tfjsNode}, TensorFlow ${tensorflow}` };
  },
  webassembly: async (threads) => {
    const form = bestForm();
    const version = form === "relaxed" ? "with fused multiply-add" : null;
    return { given: { threads: threadsOfThisMachine(threads), form }, version };
  },
  tfjs: async () => ({ given: loadTfjs, version: null }),
};

/** What `open` of an engine is given; `threads` are asked for, or null. */
export async function machineFor({ needs }: Engine, threads: number | null): Promise<Found<unknown>> {
  return needs === null ? { given: null, version: null } : machines[needs](threads);
}

function withoutNative(status: NativeStatus): string {
  if (status.kind === "broken")
    return `native tfjs-node in ${status.folder} does not load: ${status.reason}; dinc doctor says more`;
  return "native tfjs-node is not installed: dinc native install installs it";
}
