// Chooses the engine of a training: the requested one, or the fastest on this machine.

import { type Engine, type EngineName, engines } from "../../compiler/backends/choices.ts";
import type { TrainingBackend, TrainingSession } from "../../compiler/backends/contract/session.ts";
import { InternalError } from "../../compiler/common/internal-error.ts";
import { backendUnavailable } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { type EngineOptions, machineFor } from "./machines.ts";

/**
 * `auto` takes `preferred`, where that is an engine and is there, else the fastest that is there; its description then says what
 * a faster one would bring. One that is asked for and is not there is a DiagnosticError.
 */
export async function chooseBackend(
  choice: EngineName | "auto",
  preferred: string | null = null,
  options: EngineOptions = {},
): Promise<TrainingBackend> {
  const wanted = choice === "auto" ? preferred : choice;
  const first = engines.filter(({ name }) => name === wanted);
  const allowed =
    choice === "auto" ? [...first, ...engines.filter((engine) => !first.includes(engine))] : first;
  let hint = "";
  for (const engine of allowed) {
    const found = await machineFor(engine, options);
    if ("given" in found) return opened(engine, found.given, found.version, hint);
    if (choice !== "auto") {
      const reason = found.missing;
      throw new DiagnosticError([diagnose(backendUnavailable, { backend: choice, reason }, noLocation)]);
    }
    if (engine.gain !== null && hint === "") hint = ` (${found.missing}; ${engine.gain})`;
  }
  throw new InternalError(`there is no back end ${choice}`);
}

function opened(engine: Engine, given: unknown, version: string | null, hint: string): TrainingBackend {
  // What `machineFor` finds for an engine is what that takes.
  const open = engine.open as (
    given: unknown,
    ...rest: Parameters<TrainingBackend["open"]>
  ) => Promise<TrainingSession>;
  return {
    name: engine.name,
    parts: engine.parts,
    description: `${version === null ? "" : `${version}, `}${engine.how}${hint}`,
    open: (program, initial, tables = null) => open(given, program, initial, tables),
  };
}
