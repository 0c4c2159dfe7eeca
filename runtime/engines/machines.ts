// The machine's parts that engines need. An engine whose part is missing here does not compile.

import type { Engine } from "../../compiler/backends/choices.ts";
import type { WideOutcome } from "../../compiler/backends/wasm/training/wide.ts";
import { loadNative, type NativeStatus, nativeStatus } from "../native/load.ts";
import { loadModule } from "./native-module.ts";
import type { EngineOptions, EngineWatch } from "./options.ts";
import { formOfNode, threadsOfThisMachine } from "./threads.ts";
import { hasWideVectors, wideVectors } from "./wide-vectors.ts";

/**
 * The argument for an engine with its description, or a clause that says why it is not available and what to
 * do.
 */
export type FoundMachine<Machine> =
  | {
      readonly given: Machine;
      /** The current version; it can change when more becomes known. */
      readonly version: () => string | null;
      /** The property of the machine on which its bits depend. */
      readonly rounding?: string;
    }
  | { readonly missing: string };

type Machines = {
  readonly [E in Engine as NonNullable<E["needs"]>]: (
    options: EngineOptions & EngineWatch,
  ) => Promise<FoundMachine<Parameters<E["open"]>[0]>>;
};

const machines: Machines = {
  tensorflow: async () => {
    const native = await loadNative();
    if (native === null) return { missing: withoutNative(await nativeStatus()) };
    const { tfjsNode, tensorflow } = native.versions;
    return { given: loadModule(native), version: () => `tfjs-node ${tfjsNode}, TensorFlow ${tensorflow}` };
  },
  webassembly: async ({ threads, wideVectors: choice = "off", onWideVectors }) => {
    if (choice === "on" && !hasWideVectors())
      return {
        missing: `Node ${process.versions.node} has no vectors of 256 bits: Node 24 and later have them, on x64`,
      };
    const form = formOfNode();
    let isWide = false;
    const told = (outcome: WideOutcome) => {
      isWide = outcome.kind === "taken";
      onWideVectors?.(outcome);
    };
    const wide = choice !== "off" && hasWideVectors() ? wideVectors(choice === "on", told) : null;
    const version = () => {
      const said = [
        ...(form === "relaxed" ? ["fused multiply-add"] : []),
        ...(isWide ? ["vectors of 256 bits"] : []),
      ];
      return `WebAssembly${said.length === 0 ? "" : ` with ${said.join(" and ")}`}`;
    };
    return {
      given: { threads: threadsOfThisMachine(threads ?? null), form, wide },
      version,
      rounding: form,
    };
  },
};

/** The argument for `open` of an engine. */
export async function machineFor(
  { needs }: Engine,
  options: EngineOptions & EngineWatch,
): Promise<FoundMachine<unknown>> {
  return needs === null ? { given: null, version: () => null } : machines[needs](options);
}

function withoutNative(status: NativeStatus): string {
  if (status.kind === "broken")
    return `native tfjs-node in ${status.folder} does not load: ${status.reason}; dinc doctor says more`;
  return "native tfjs-node is not installed: dinc native install installs it";
}
