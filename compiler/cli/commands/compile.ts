// dinc compile RUN|SPEC: generates standalone TypeScript or an ONNX model, or prints a level of the compiler.

import { stat } from "node:fs/promises";
import { checkFolder } from "../../../runtime/compile/check-folder.ts";
import type { TableType } from "../../../runtime/compile/compact-tables.ts";
import {
  type Compacted,
  type CompiledModel,
  compileModel,
  type Fast,
} from "../../../runtime/compile/compile-model.ts";
import { compileOnnx } from "../../../runtime/compile/compile-onnx.ts";
import { sourceOf } from "../../../runtime/compile/measure-golden.ts";
import { claimFolder, sizeInBytes, writeFolder } from "../../../runtime/compile/output-folder.ts";
import { type TrainedModel, trainedModelOf } from "../../../runtime/compile/trained-model.ts";
import { untrainedModel } from "../../../runtime/compile/untrained-model.ts";
import { openRun } from "../../../runtime/run/open-run.ts";
import { liesIn } from "../../../runtime/run/same-file.ts";
import type { OnnxForm } from "../../backends/onnx/package-files.ts";
import type { Mode } from "../../backends/wasm/quantise.ts";
import { outputIsInput } from "../../diagnostics/catalog/scores.ts";
import { DiagnosticError, diagnose, nowhere } from "../../diagnostics/diagnostic.ts";
import { printGraph } from "../../graph/print.ts";
import { unreachable } from "../../internal-error.ts";
import { lower } from "../../lower/lower.ts";
import { parse } from "../../parse.ts";
import { rankingPasses } from "../../passes/pipeline.ts";
import { rankingProgram } from "../../passes/ranking.ts";
import type { SourceFile } from "../../source/source-file.ts";
import { trainingProgram } from "../../training/step.ts";
import { checkedModel } from "../checked-model.ts";
import { UsageError } from "../../../runtime/driver/usage-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { printDiagnostics } from "../print-diagnostics.ts";
import { ofRun, type ReadSpec, type ReuseOptions, readSpec, wanting } from "../read-spec.ts";
import type { Terminal } from "../terminal.ts";
import { duration, thousands } from "../../../runtime/report/text-table.ts";
import { version } from "../../../runtime/files/version.ts";

export type Level = "ast" | "model" | "graph" | "optimised";

export type Target = "ts" | "onnx";

export interface CompileOptions extends ReuseOptions {
  /** Default `ts`. */
  readonly target?: Target;
  /** Of an ONNX model; default `optimised`. */
  readonly graph?: OnnxForm;
  readonly out?: string;
  /** Print this level instead. */
  readonly emit?: Level;
  /** Passes that `optimised` is printed without. */
  readonly withoutPass?: readonly string[];
  readonly force?: boolean;
  /** How tables are written; f32 where nothing is said. */
  readonly tables?: TableType;
  /** Tables that are left out of the weights, as a store has their rows. */
  readonly withoutTable?: readonly string[];
  /** How a module computes; default `exact`. */
  readonly mode?: Mode;
  /** Draws the golden requests, and a spec's random weights. */
  readonly seed?: number;
}

/** `path` is a run folder, or a spec, which gives untrained weights. */
export async function compile(path: string, options: CompileOptions, terminal: Terminal): Promise<number> {
  const { target = "ts" } = options;
  if (options.graph !== undefined && target !== "onnx")
    throw new UsageError(`--graph chooses the graph of an ONNX model: say --target onnx too`);
  if (target === "onnx" && ((options.tables ?? "f32") !== "f32" || (options.withoutTable ?? []).length > 0))
    throw new UsageError(
      "--tables and --without-table are for modules of TypeScript: an ONNX model has its tables as f32",
    );
  if (target === "onnx" && options.mode === "fast")
    throw new UsageError(
      "--mode fast is for modules of TypeScript: onnxruntime computes an ONNX model in f32",
    );
  const left = new Set(options.withoutPass ?? []);
  const names = rankingPasses.map(({ name }) => name);
  for (const name of left)
    if (!names.includes(name))
      throw new UsageError(
        `--without-pass: there is no pass ${name}; there are ${[...new Set(names)].join(", ")}`,
      );
  if (left.size > 0 && options.emit !== "optimised")
    throw new UsageError("--without-pass is for looking at the Graph: say --emit optimised too");
  const isRun = (await stat(path).catch(() => null))?.isDirectory() ?? false;
  if (options.emit !== undefined) {
    const spec = isRun ? ofRun(await specOfRun(path), options) : wanting(await readSpec(path), options);
    terminal.out(levelText(spec, options.emit, left, terminal));
    return exitCodes.clean;
  }
  const { out } = options;
  if (out === undefined) throw new UsageError("compile writes a folder: name it with --out");
  const started = performance.now();
  if (await liesIn(path, out))
    throw new DiagnosticError([diagnose(outputIsInput, { path: out, input: path }, nowhere)]);
  await claimFolder(out, options.force === true);
  const trained = isRun ? await trainedModel(path, options) : await untrained(path, options, terminal);
  const without = new Set(options.withoutTable ?? []);
  for (const name of without)
    if (!trained.tables.has(name)) {
      const known = [...trained.tables.keys()].join(", ");
      throw new UsageError(`--without-table: the model has no table ${name}; it has ${known || "none"}`);
    }
  const type = options.tables ?? "f32";
  const { files, compacted, fast } = await filesOf(trained, target, options, type, without);
  if (fast?.isClose === false)
    throw new UsageError(
      `--mode fast is too coarse for this model: a golden request's logit is off by ${fast.largest.toPrecision(2)}. Leave it out`,
    );
  const stores = Object.fromEntries([...without].map((name) => [name, sourceOf(trained.tables.get(name)!)]));
  await writeFolder(out, files, options.force === true, (written) => checkFolder(written, files, stores));
  for (const [name, content] of files)
    terminal.say(`  ${name.padEnd(18)} ${thousands(sizeInBytes(content)).padStart(12)} bytes`);
  if (compacted !== null) terminal.say(compactedText(compacted, type));
  if (options.mode === "fast") terminal.say(fastText(fast));
  const seconds = (performance.now() - started) / 1000;
  if (!isRun) terminal.say("The weights are random: compile a run folder to get trained ones.");
  const test = `node --test ${out}/model.test.js`;
  // The test of an ONNX model is run by onnxruntime, which the folder's package.json names.
  const check = target === "onnx" ? `npm install --prefix ${out} && ${test}` : test;
  terminal.say(`${out} is complete (${duration(seconds)}). Check it with \`${check}\`;`);
  terminal.say(`${out}/README.md has an example to run.`);
  return exitCodes.clean;
}

async function filesOf(
  trained: TrainedModel,
  target: Target,
  options: CompileOptions,
  type: TableType,
  without: ReadonlySet<string>,
): Promise<CompiledModel> {
  const seed = options.seed ?? trained.model.train.seed;
  switch (target) {
    case "ts":
      return compileModel(trained, version(), seed, { type, without }, options.mode);
    case "onnx": {
      const files = await compileOnnx(trained, options.graph ?? "optimised", version(), seed);
      return { files, compacted: null, fast: null };
    }
  }
}

/** What `--mode fast` changes. */
function fastText(fast: Fast | null): string {
  if (fast === null)
    return "--mode fast changes nothing here: no product of a candidate and a step of its history is wide enough.";
  const sizes = fast.products.map(({ inner, outer }) => `${inner} × ${outer}`).join(", ");
  return `In 16-bit integers: products ${sizes}, of each candidate and step. Golden requests' logits are within ${fast.largest.toPrecision(2)}.`;
}

/** What fewer bytes save and cost. */
function compactedText(
  { bytes, bytesAsFloats, stayed, logit, probability }: Compacted,
  type: TableType,
): string {
  const saved = `Tables as ${type}: ${thousands(bytes)} bytes instead of ${thousands(bytesAsFloats)}.`;
  const kept = stayed.length === 0 ? "" : ` f32 all the same: ${stayed.join(", ")}.`;
  const cost = `Golden requests score within ${probability.toPrecision(2)} of f32 tables (logits within ${logit.toPrecision(2)}).`;
  return `${saved}${kept} ${cost}`;
}

async function trainedModel(folder: string, options: ReuseOptions): Promise<TrainedModel> {
  const opened = await openRun(folder);
  ofRun(opened.model.file, options);
  return trainedModelOf(opened);
}

async function untrained(path: string, options: CompileOptions, terminal: Terminal): Promise<TrainedModel> {
  const model = checkedModel(wanting(await readSpec(path), options), terminal);
  return untrainedModel(model, options.seed ?? 0);
}

async function specOfRun(folder: string): Promise<SourceFile> {
  return (await openRun(folder)).model.file;
}

/** A level as text. A tree is printed whatever is wrong with the spec; the others need a correct one. */
function levelText(spec: ReadSpec, level: Level, without: ReadonlySet<string>, terminal: Terminal): string {
  if (level === "ast") {
    const { value, diagnostics } = parse(spec.file);
    printDiagnostics(diagnostics, terminal);
    return json(value);
  }
  const model = checkedModel(spec, terminal);
  switch (level) {
    case "model":
      return json(model);
    case "graph":
      return printGraph(lower(model));
    case "optimised":
      return printGraph(rankingProgram(model, trainingProgram(lower(model), model).predict, without));
    default:
      return unreachable(level, "level");
  }
}

/** JSON for people: maps as objects, places as offsets, the text itself left out. */
function json(value: unknown): string {
  const shown = (_: string, part: unknown): unknown => {
    if (part instanceof Map) return Object.fromEntries(part);
    if (typeof part !== "object" || part === null) return part;
    if ("lineStarts" in part && "path" in part) return part.path;
    if ("file" in part && "start" in part && "end" in part) return [part.start, part.end];
    return part;
  };
  return `${JSON.stringify(value, shown, 2)}\n`;
}
