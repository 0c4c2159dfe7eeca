// Compiles a run, or a spec, to a folder of standalone TypeScript or of an ONNX model.

import { notTaken, type TargetName, targets } from "../../compiler/backends/choices.ts";
import type { CompileTarget } from "../../compiler/backends/contract/backend.ts";
import { compiledBy } from "../../compiler/backends/contract/compile.ts";
import type { EmitOptions } from "../../compiler/backends/contract/emit-options.ts";
import type { CompiledModel, TrainingFacts } from "../../compiler/backends/contract/emitted.ts";
import type { TrainedModel } from "../../compiler/backends/contract/trained-model.ts";
import { modelAlone, untrainedModel } from "../../compiler/backends/contract/untrained-model.ts";
import { option, type Wording, wording } from "../../compiler/common/option-text.ts";
import type { SourceFile } from "../../compiler/common/source-file.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { runStopped } from "../../compiler/diagnostics/catalog/run.ts";
import { outputIsInput } from "../../compiler/diagnostics/catalog/scores.ts";
import { DiagnosticError, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import { positionText } from "../../compiler/train/state.ts";
import { claimFolder, writeFolder } from "../files/output-folder.ts";
import { liesIn } from "../files/same-file.ts";
import { version } from "../files/version.ts";
import { type OpenRun, openedRun } from "../run/open-run.ts";
import { trainedModelOf } from "../run/trained-model.ts";
import { trainingFactsOf } from "../run/training-facts.ts";
import { checkFolder } from "./check-folder.ts";
import { emitContext } from "./emit-context.ts";
import { tellDiagnostics, throwIfStopped, type Watch } from "./events.ts";
import { type ModelOptions, type ModelSource, readModel, withSeed } from "./read-spec.ts";

export interface CompileOptions extends EmitOptions, ModelOptions, Watch {
  /** The target; by default `ts`, a TypeScript module without dependencies. */
  readonly target?: TargetName;
  /** The folder to write. Without one, the files are only returned. */
  readonly out?: string;
  /**
   * Writes only the weights and related files into the folder of an existing module, with the options of its
   * compilation. Throws DiagnosticError if they do not fit its program; the folder then stays unchanged.
   */
  readonly weightsOnly?: boolean;
  /** Replaces the folder whatever it contains; dinc's own output is always replaced. */
  readonly force?: boolean;
  /** Leaves out the run's calibration. */
  readonly uncalibrated?: boolean;
  /**
   * The seed of the golden requests, and of a spec's random weights; by default the run's own. For a
   * training, its seed.
   */
  readonly seed?: number;
  /** The dinc.yaml of a spec: its params, its variant, and its overrides of `train`. */
  readonly config?: string | SourceFile;
  /** Settings that override `config`, such as `train.epochs=3`. */
  readonly set?: readonly string[];
}

/**
 * A spec for a training, or for code with random weights, to inspect it or to measure its size and speed.
 * Null is the `spec` of the settings.
 */
export interface Untrained {
  readonly untrained: ModelSource | null;
}

/** The requested target. Throws UsageError for options that it does not support. */
export function targetFor(options: CompileOptions): CompileTarget {
  const target = targets.find(({ name }) => name === (options.target ?? "ts"))!;
  const refusal = notTaken(target, options);
  if (refusal !== null) throw new UsageError(refusal);
  return target;
}

/**
 * Generates code from a run, given by its folder or opened, or from a spec. The written folder is complete or
 * absent, and contains golden requests with the scores of training. Throws DiagnosticError for mistakes in
 * the run, the spec or the folder, UsageError for options that do not fit each other or the model, and
 * `Stopped` before it writes if the signal is aborted.
 */
export async function compile(
  source: OpenRun | string | Untrained,
  options: CompileOptions = {},
): Promise<CompiledModel> {
  const target = targetFor(options);
  const { out, force = false } = options;
  if (options.weightsOnly === true) return weightsOnly(source, target, options);
  if (out !== undefined) {
    const input = pathOf(source) ?? (typeof options.config === "string" ? options.config : null);
    if (input !== null && (await liesIn(input, out)))
      throw new DiagnosticError([diagnose(outputIsInput, { path: out, input }, noLocation)]);
    await claimFolder(out, force);
  }
  const { trained, training } = await trainedModel(source, target, options);
  const seed = options.seed ?? trained.model.train.seed;
  const compiled = await compiledBy(target, trained, options, emitContext(version(), seed, training));
  tellDiagnostics(compiled.diagnostics, options);
  throwIfStopped(options);
  if (out !== undefined) {
    options.onEvent?.({ kind: "writing", path: out });
    const { files } = compiled;
    await writeFolder(out, files, force, (written) =>
      checkFolder(written, files, async (folder) => target.verify?.(trained, options, folder)),
    );
  }
  return compiled;
}

async function weightsOnly(
  source: OpenRun | string | Untrained,
  target: CompileTarget,
  options: CompileOptions,
): Promise<CompiledModel> {
  const { out, force, seed } = options;
  const refuse = (why: Wording) => new UsageError(wording`${option("weightsOnly")} ${why}`);
  if (out === undefined)
    throw refuse(wording`writes into the folder of a module: name it with ${option("out")}`);
  if (!target.holdsWeights) throw refuse("is for modules: a package that trains has no weights");
  if (target.weightsFiles === null)
    throw refuse(
      wording`is for ${option("target", ["ts", "two-tower", "c", "server", "page"])}, whose weights are a separate file: compile ${option("target", target.name)} again, which replaces the whole folder at once`,
    );
  if (force === true) throw refuse(wording`replaces no other files: leave ${option("force")} out`);
  if (typeof source !== "string" && "untrained" in source) throw refuse("takes a run folder, not a spec");
  const { optionsGiven, replaceWeights } = await import("./weights-only.ts");
  if (optionsGiven(options))
    throw refuse("takes the options that the module was compiled with: leave them out");
  const run = await openedRun(source, options);
  tellStopped(run, options);
  const trained = await trainedModelOf(run);
  const context = emitContext(version(), seed ?? run.model.train.seed, trainingFactsOf(run.run.manifest));
  return replaceWeights(trained, run.folder, target, { out, context }, options);
}

function pathOf(source: OpenRun | string | Untrained): string | null {
  if (typeof source === "string") return source;
  if ("folder" in source) return source.folder;
  const { untrained } = source;
  return typeof untrained === "string" ? untrained : (untrained?.path ?? null);
}

async function trainedModel(
  source: OpenRun | string | Untrained,
  { holdsWeights }: CompileTarget,
  options: CompileOptions,
): Promise<{ readonly trained: TrainedModel; readonly training: TrainingFacts | null }> {
  if (typeof source !== "string" && "untrained" in source) {
    const model = await modelFor(source.untrained, options);
    const trained = holdsWeights ? untrainedModel(model, options.seed ?? 0) : modelAlone(model);
    return { trained, training: null };
  }
  const run = await openedRun(source, options);
  tellStopped(run, options);
  const trained = holdsWeights ? await trainedModelOf(run) : modelAlone(run.model);
  return { trained, training: trainingFactsOf(run.run.manifest) };
}

/** Warns of the weights of a training that its user stopped. */
function tellStopped({ folder, run }: OpenRun, watch: Watch): void {
  const { interrupted, settings } = run.manifest;
  if (interrupted === undefined) return;
  const parameters = { path: folder, at: positionText(interrupted), epochs: settings.epochs };
  tellDiagnostics([diagnose(runStopped, parameters, noLocation)], watch);
}

/** The code that reads dinc.yaml is large, so it is loaded only if there are settings. */
async function modelFor(spec: ModelSource | null, options: CompileOptions): Promise<Model> {
  if (spec !== null && options.config === undefined && (options.set ?? []).length === 0)
    return withSeed(await readModel(spec, options), options.seed);
  const { readConfiguredModel } = await import("./configured-model.ts");
  return (await readConfiguredModel(spec, options, false)).model;
}
