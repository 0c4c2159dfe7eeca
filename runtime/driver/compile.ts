// From a run, or a spec, to a folder of standalone TypeScript or of an ONNX model.

import type { OnnxForm } from "../../compiler/backends/onnx/package-files.ts";
import type { Mode } from "../../compiler/backends/wasm/quantise.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { outputIsInput } from "../../compiler/diagnostics/catalog/scores.ts";
import { DiagnosticError, diagnose, nowhere } from "../../compiler/diagnostics/diagnostic.ts";
import { checkFolder } from "../compile/check-folder.ts";
import type { TableType } from "../compile/compact-tables.ts";
import { type CompiledModel, compileModel } from "../compile/compile-model.ts";
import { compileOnnx } from "../compile/compile-onnx.ts";
import { sourceOf } from "../compile/measure-golden.ts";
import { type TrainedModel, trainedModelOf } from "../compile/trained-model.ts";
import { untrainedModel } from "../compile/untrained-model.ts";
import { claimFolder, writeFolder } from "../files/output-folder.ts";
import { liesIn } from "../files/same-file.ts";
import { version } from "../files/version.ts";
import { type OpenRun, openRun } from "../run/open-run.ts";
import { throwIfStopped, type Watch } from "./events.ts";
import { type ModelOptions, type ModelSource, readModel } from "./read-spec.ts";

/** What is generated: a module of TypeScript without dependencies, or `model.onnx` with a module that makes its inputs. */
export type Target = "ts" | "onnx";

export interface CompileOptions extends ModelOptions, Watch {
  /** `ts` where nothing is said. */
  readonly target?: Target;
  /** The folder to write; where there is none, the files are only made. */
  readonly out?: string;
  /** Replaces the folder whatever it holds; dinc's own output is replaced anyway. */
  readonly force?: boolean;
  /** Of an ONNX model: what belongs to the user computed once (`optimised`, the default), or for each candidate. */
  readonly graph?: OnnxForm;
  /** Of a module: how embedding tables are written; `f32` where nothing is said. */
  readonly tables?: TableType;
  /** Of a module: tables that are left out of the weights, as a store has their rows. */
  readonly withoutTables?: readonly string[];
  /** Of a module: `fast` computes what candidates do with their histories in 16-bit integers; `exact` where nothing is said. */
  readonly mode?: Mode;
  /** Draws the golden requests, and a spec's random weights; the run's own where nothing is said. */
  readonly seed?: number;
}

/** A spec, for code with random weights: to look at, to measure its size and speed. */
export interface Untrained {
  readonly untrained: ModelSource;
}

/** Throws UsageError for options that do not fit each other. */
export function checkCompileOptions({
  target = "ts",
  graph,
  tables,
  withoutTables,
  mode,
}: CompileOptions): void {
  if (graph !== undefined && target !== "onnx")
    throw new UsageError(`--graph chooses the graph of an ONNX model: say --target onnx too`);
  if (target === "onnx" && ((tables ?? "f32") !== "f32" || (withoutTables ?? []).length > 0))
    throw new UsageError(
      "--tables and --without-table are for modules of TypeScript: an ONNX model has its tables as f32",
    );
  if (target === "onnx" && mode === "fast")
    throw new UsageError(
      "--mode fast is for modules of TypeScript: onnxruntime computes an ONNX model in f32",
    );
}

/**
 * Generates code from a run, by its folder or opened, or from a spec. The written folder is complete or absent, and holds golden
 * requests with the scores of training. Throws DiagnosticError for what is wrong with the run, the spec or the folder,
 * UsageError for options that fit neither each other nor the model, and `Stopped` before it writes where the signal says so.
 */
export async function compile(
  source: OpenRun | string | Untrained,
  options: CompileOptions = {},
): Promise<CompiledModel> {
  checkCompileOptions(options);
  const { out, force = false } = options;
  if (out !== undefined) {
    const input = pathOf(source);
    if (await liesIn(input, out))
      throw new DiagnosticError([diagnose(outputIsInput, { path: out, input }, nowhere)]);
    await claimFolder(out, force);
  }
  const trained = await trainedModel(source, options);
  const without = new Set(options.withoutTables ?? []);
  for (const name of without)
    if (!trained.tables.has(name)) {
      const known = [...trained.tables.keys()].join(", ");
      throw new UsageError(`--without-table: the model has no table ${name}; it has ${known || "none"}`);
    }
  const compiled = await filesOf(trained, options, without);
  const { files, fast } = compiled;
  if (fast?.isClose === false)
    throw new UsageError(
      `--mode fast is too coarse for this model: a golden request's logit is off by ${fast.largest.toPrecision(2)}. Leave it out`,
    );
  throwIfStopped(options);
  if (out !== undefined) {
    const stores = Object.fromEntries(
      [...without].map((name) => [name, sourceOf(trained.tables.get(name)!)]),
    );
    options.onEvent?.({ kind: "writing", path: out });
    await writeFolder(out, files, force, (written) => checkFolder(written, files, stores));
  }
  return compiled;
}

function pathOf(source: OpenRun | string | Untrained): string {
  if (typeof source === "string") return source;
  if ("folder" in source) return source.folder;
  const { untrained } = source;
  return typeof untrained === "string" ? untrained : untrained.path;
}

async function trainedModel(
  source: OpenRun | string | Untrained,
  options: CompileOptions,
): Promise<TrainedModel> {
  if (typeof source !== "string" && "untrained" in source)
    return untrainedModel(await readModel(source.untrained, options), options.seed ?? 0);
  return trainedModelOf(typeof source === "string" ? await openRun(source) : source);
}

async function filesOf(
  trained: TrainedModel,
  {
    target = "ts",
    graph = "optimised",
    tables = "f32",
    mode,
    seed = trained.model.train.seed,
  }: CompileOptions,
  without: ReadonlySet<string>,
): Promise<CompiledModel> {
  switch (target) {
    case "ts":
      return compileModel(trained, version(), seed, { type: tables, without }, mode);
    case "onnx":
      return { files: await compileOnnx(trained, graph, version(), seed), compacted: null, fast: null };
  }
}
