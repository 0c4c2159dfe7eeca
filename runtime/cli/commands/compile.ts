// dinc compile RUN|SPEC: generates standalone TypeScript or an ONNX model, or prints a level of the compiler.

import { stat } from "node:fs/promises";
import { notTaken, type TargetName, targets } from "../../../compiler/backends/choices.ts";
import type { EmitOptions, TableType } from "../../../compiler/backends/contract/emit-options.ts";
import { unreachable } from "../../../compiler/common/internal-error.ts";
import type { SourceFile } from "../../../compiler/common/source-file.ts";
import { outputIsInput } from "../../../compiler/diagnostics/catalog/scores.ts";
import { DiagnosticError, diagnose, nowhere } from "../../../compiler/diagnostics/diagnostic.ts";
import { lower } from "../../../compiler/frontend/check/lower.ts";
import { parse } from "../../../compiler/frontend/syntax/parse.ts";
import { printGraph } from "../../../compiler/middle/build/print.ts";
import { rankingPasses } from "../../../compiler/middle/passes/pipeline.ts";
import { rankingProgram } from "../../../compiler/middle/programs/ranking.ts";
import { predictionProgram } from "../../../compiler/middle/programs/step.ts";
import { checkFolder } from "../../compile/check-folder.ts";
import type { Compacted, Fast } from "../../compile/compile-model.ts";
import { emitters } from "../../compile/emitters.ts";
import { sourceOf } from "../../compile/measure-golden.ts";
import { type TrainedModel, trainedModelOf } from "../../compile/trained-model.ts";
import { untrainedModel } from "../../compile/untrained-model.ts";
import { claimFolder, sizeInBytes, writeFolder } from "../../files/output-folder.ts";
import { liesIn } from "../../files/same-file.ts";
import { version } from "../../files/version.ts";
import { openRun } from "../../run/open-run.ts";
import { checkedModel } from "../checked-model.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { ofRun, type ReadSpec, type ReuseOptions, readSpec, wanting } from "../read-spec.ts";
import { sayDiagnostics } from "../say-diagnostics.ts";
import type { Terminal } from "../terminal.ts";
import { duration, thousands } from "../text-table.ts";

export type Level = "ast" | "model" | "graph" | "optimised";

export interface CompileOptions extends ReuseOptions, EmitOptions {
  /** Default `ts`. */
  readonly target?: TargetName;
  readonly out?: string;
  /** Print this level instead. */
  readonly emit?: Level;
  /** Passes that `optimised` is printed without. */
  readonly withoutPass?: readonly string[];
  readonly force?: boolean;
  /** Draws the golden requests, and a spec's random weights. */
  readonly seed?: number;
}

/** `path` is a run folder, or a spec, which gives untrained weights. */
export async function compile(path: string, options: CompileOptions, terminal: Terminal): Promise<number> {
  const target = targets.find(({ name }) => name === (options.target ?? "ts"))!;
  const refusal = notTaken(target, options);
  if (refusal !== null) throw new UsageError(refusal);
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
  const seed = options.seed ?? trained.model.train.seed;
  const { files, compacted, fast } = await emitters[target.name](trained, options, version(), seed);
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
  const check = target.hasDependencies ? `npm install --prefix ${out} && ${test}` : test;
  terminal.say(`${out} is complete (${duration(seconds)}). Check it with \`${check}\`;`);
  terminal.say(`${out}/README.md has an example to run.`);
  return exitCodes.clean;
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
    sayDiagnostics(diagnostics, terminal);
    return json(value);
  }
  const model = checkedModel(spec, terminal);
  switch (level) {
    case "model":
      return json(model);
    case "graph":
      return printGraph(lower(model));
    case "optimised":
      return printGraph(rankingProgram(model, predictionProgram(lower(model), model), without));
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
