// Chooses the engine of a training: the requested one, or the fastest on this machine.

import { type Engine, type EngineName, engines } from "../../compiler/backends/choices.ts";
import type { TrainingBackend, TrainingSession } from "../../compiler/backends/contract/session.ts";
import { InternalError, invariant } from "../../compiler/common/internal-error.ts";
import { backendUnavailable } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { Graph } from "../../compiler/middle/graph/graph.ts";
import type { FoundMachine } from "./code-machines.ts";
import { machineFor, nativeLanes } from "./machines.ts";
import type { ChosenBackend, EngineOptions, EngineWatch } from "./options.ts";

/** The facts that decide the choice `auto`. */
export interface Auto {
  /** The engine that trained the run; null for a training. */
  readonly trainedBy: string | null;
  /** Whether another program trained the run, so that this engine only measured it. */
  readonly isImported?: boolean;
  /** The Graph to run. */
  readonly graph: Graph;
}

/**
 * The requested engine; throws DiagnosticError if it is not available. For `Auto`, it is the engine that
 * trained the run, otherwise the first registered engine that is fastest for the Graph, otherwise any
 * available one, with the reason.
 */
export async function chooseBackend(
  choice: EngineName | Auto,
  options: EngineOptions & EngineWatch = {},
): Promise<ChosenBackend> {
  if (typeof choice !== "string") return automatic(choice, options);
  const engine = engines.find(({ name }) => name === choice);
  invariant(engine, `there is no back end ${choice}`);
  const found = await machineFor(engine, { ...options, isAsked: true });
  if ("given" in found) return opened(engine, found, null, elsewhere(engine, true, options));
  const reason = found.missing;
  throw new DiagnosticError([diagnose(backendUnavailable, { backend: choice, reason }, noLocation)]);
}

/** TensorFlow stays in one thread. */
function elsewhere(
  { needs }: Engine,
  isAsked: boolean,
  { threads, onNativeCode }: EngineOptions & EngineWatch,
): ChosenBackend["elsewhere"] {
  if (needs !== "webassembly" && needs !== "native_code") return null;
  const task = { needs, isAsked, ...(threads === undefined ? {} : { threads }) };
  return { task, watch: onNativeCode === undefined ? {} : { onNativeCode } };
}

async function automatic(
  { trainedBy, isImported = false, graph }: Auto,
  options: EngineOptions & EngineWatch,
): Promise<ChosenBackend> {
  const made = isImported ? "measured" : "trained";
  const order = engines.filter(({ name }) => name === trainedBy);
  for (const engine of engines)
    if (await engine.fastest.of(graph, { lanes: nativeLanes })) order.push(engine);
  order.push(...engines);
  let missed: string | null = null;
  for (const engine of order) {
    const found = await machineFor(engine, { ...options, isAsked: false });
    const { because } = engine.fastest;
    if ("given" in found) {
      const why = engine.name === trainedBy ? `it ${made} the run` : because;
      return opened(engine, found, missed ?? why, elsewhere(engine, false, options));
    }
    if (found.isUsual === true) continue;
    missed ??= `${engine.name === trainedBy ? `the run was ${made} with` : `${because}; the faster one for it would be`} ${engine.name}, but ${found.missing}`;
  }
  throw new InternalError("there is no back end");
}

function opened(
  engine: Engine,
  { given, version, bits }: Exclude<FoundMachine<unknown>, { readonly missing: string }>,
  reason: string | null,
  elsewhere: ChosenBackend["elsewhere"] = null,
): ChosenBackend {
  // `machineFor` returns the argument that this engine's `open` expects.
  const open = engine.open as (
    given: unknown,
    ...rest: Parameters<TrainingBackend["open"]>
  ) => Promise<TrainingSession>;
  return {
    name: engine.name,
    parts: engine.parts,
    get description() {
      const now = version();
      return `${now === null ? "" : `${now}, `}${engine.how}`;
    },
    ...(bits === undefined ? {} : { bits }),
    ...{ reason, elsewhere },
    open: (program, initial, tables = null, batchBytes = 0) =>
      open(given, program, initial, tables, batchBytes),
  };
}
