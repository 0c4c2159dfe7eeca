// The names of engines that commands and runs give. A former name becomes the name of its successor, with a message.

import { type EngineName, replacementOf } from "../../compiler/backends/choices.ts";
import { backendReplaced } from "../../compiler/diagnostics/catalog/run.ts";
import { diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { tellDiagnostics, type Watch } from "./events.ts";

/** The source of the engine's name: the caller, or the run that it trained. */
export type NamedBy = "caller" | "run";

export function currentName<N extends string>(name: N, namedBy: NamedBy, watch: Watch): N | EngineName {
  const taken = replacementOf(name);
  if (taken === null) return name;
  tellDiagnostics([diagnose(backendReplaced, { gone: name, taken, namedBy }, noLocation)], watch);
  return taken;
}
