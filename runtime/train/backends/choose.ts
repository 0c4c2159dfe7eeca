// Picks what runs a model: native TensorFlow where it is installed, else WebAssembly.

import { backendUnavailable } from "../../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, nowhere } from "../../../compiler/diagnostics/diagnostic.ts";
import { loadNative, type NativeStatus, nativeStatus } from "../../native/load.ts";
import type { BackendName, TrainingBackend } from "../session.ts";
import { nodeBackend } from "./node-session.ts";
import { tfjsBackend } from "./tfjs-session.ts";

/**
 * `auto` takes native where it loads, else wasm, whose description then says what native would bring. `node` where
 * native does not load is a DiagnosticError.
 */
export async function chooseBackend(choice: BackendName | "auto"): Promise<TrainingBackend> {
  if (choice === "wasm" || choice === "cpu") return tfjsBackend(choice);
  const native = await loadNative();
  if (native !== null) return nodeBackend(native);
  const status = await nativeStatus();
  if (choice === "auto")
    return tfjsBackend("wasm", `${withoutNative(status)}; native trains 10 to 30 times faster`);
  throw new DiagnosticError([
    diagnose(backendUnavailable, { backend: choice, reason: withoutNative(status) }, nowhere),
  ]);
}

/** Why native is not used and what to do, as a clause. */
function withoutNative(status: NativeStatus): string {
  if (status.kind === "broken")
    return `native tfjs-node in ${status.folder} does not load: ${status.reason}; dinc doctor says more`;
  return "native tfjs-node is not installed: dinc native install installs it";
}
