// The machine's parts that engines need. An engine without its part does not compile.

import type { Engine } from "../../compiler/backends/choices.ts";
import { loadNative, type NativeStatus, nativeStatus } from "../native/load.ts";
import { loadModule } from "./native-module.ts";
import { formOfNode, threadsOfThisMachine, widenVectors } from "./threads.ts";

/** What an engine is given, and what it is in words; or why it is not there and what to do, as a clause. */
export type Found<Machine> =
  | {
      readonly given: Machine;
      readonly version: string | null;
      /** What its bits depend on. */
      readonly rounding?: string;
    }
  | { readonly missing: string };

/** What a person may ask of an engine. Results are the same, whatever they say. */
export interface EngineOptions {
  /** Threads that compute a step; by default as many as make it faster. */
  readonly threads?: number;
  /** V8's experimental vectors of 256 bits. */
  readonly wideVectors?: boolean;
}

type Machines = {
  readonly [E in Engine as NonNullable<E["needs"]>]: (
    options: EngineOptions,
  ) => Promise<Found<Parameters<E["open"]>[0]>>;
};

const machines: Machines = {
  tensorflow: async () => {
    const native = await loadNative();
    if (native === null) return { missing: withoutNative(await nativeStatus()) };
    const { tfjsNode, tensorflow } = native.versions;
    return { given: loadModule(native), version: `tfjs-node ${tfjsNode}, TensorFlow ${tensorflow}` };
  },
  webassembly: async ({ threads, wideVectors = false }) => {
    if (wideVectors && !widenVectors())
      return { missing: `Node ${process.versions.node} has no vectors of 256 bits: Node 22 and later have` };
    const form = formOfNode();
    const said = [
      ...(form === "relaxed" ? ["fused multiply-add"] : []),
      ...(wideVectors ? ["vectors of 256 bits"] : []),
    ];
    const version = `WebAssembly${said.length === 0 ? "" : ` with ${said.join(" and ")}`}`;
    return {
      given: { threads: threadsOfThisMachine(threads ?? null), form, isWide: wideVectors },
      version,
      rounding: form,
    };
  },
};

/** What `open` of an engine is given. */
export async function machineFor({ needs }: Engine, options: EngineOptions): Promise<Found<unknown>> {
  return needs === null ? { given: null, version: null } : machines[needs](options);
}

function withoutNative(status: NativeStatus): string {
  if (status.kind === "broken")
    return `native tfjs-node in ${status.folder} does not load: ${status.reason}; dinc doctor says more`;
  return "native tfjs-node is not installed: dinc native install installs it";
}
