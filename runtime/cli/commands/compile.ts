// dinc compile RUN|SPEC: generates standalone TypeScript or an ONNX model, or prints a level of the compiler.

import { stat } from "node:fs/promises";
import type { EmitOptions, TableType } from "../../../compiler/backends/contract/emit-options.ts";
import type { AppendCost, Compacted, Fast } from "../../../compiler/backends/contract/emitted.ts";
import { unreachable } from "../../../compiler/common/internal-error.ts";
import { UsageError } from "../../../compiler/common/usage-error.ts";
import { lower } from "../../../compiler/frontend/check/lower.ts";
import { parse } from "../../../compiler/frontend/syntax/parse.ts";
import { printGraph } from "../../../compiler/middle/builder/print.ts";
import { rankingPasses } from "../../../compiler/middle/passes/pipeline.ts";
import { rankingProgram } from "../../../compiler/middle/programs/ranking.ts";
import { predictionProgram } from "../../../compiler/middle/programs/step.ts";
import { type CompileOptions, compile as compileSource, targetFor } from "../../driver/compile.ts";
import { modelOf, type ReadSpec, readSpec } from "../../driver/read-spec.ts";
import { duration, thousands } from "../../driver/text-table.ts";
import { sizeInBytes } from "../../files/output-folder.ts";
import { openRun } from "../../run/open-run.ts";
import { exitCodes } from "../exit-codes.ts";
import { printDiagnostics } from "../print-diagnostics.ts";
import { modelOptions, requireNone, type SpecOptions, specAt } from "../spec-options.ts";
import type { Terminal } from "../terminal.ts";
import { terminalWatch } from "../terminal-watch.ts";

export type Level = "ast" | "model" | "graph" | "optimised";

export interface CompileCommandOptions
  extends SpecOptions,
    EmitOptions,
    Pick<CompileOptions, "target" | "out" | "force" | "seed" | "weightsOnly"> {
  readonly config?: string;
  readonly set?: readonly string[];
  /** Prints this level instead of compiling. */
  readonly emit?: Level;
  /** `--emit optimised` leaves these passes out. */
  readonly withoutPass?: readonly string[];
}

/** `path` is a run folder, or a spec, which has no trained weights; without one it is the spec of dinc.yaml. */
export async function compile(
  path: string | undefined,
  options: CompileCommandOptions,
  terminal: Terminal,
): Promise<number> {
  if (path === undefined && options.config === undefined)
    throw new UsageError(
      "compile takes a run folder or a spec, or with -c the spec of dinc.yaml: `dinc compile my-run --target ts --out my-ranker`",
    );
  const wanted = {
    ...options,
    ...modelOptions(options),
    ...terminalWatch(terminal),
  };
  const target = targetFor(wanted);
  const left = leftPasses(options);
  const there = path === undefined ? null : await stat(path).catch(() => null);
  // A path that doesn't exist is reported as a missing run or a missing spec, depending on the options.
  const isRun = path !== undefined && (there?.isDirectory() ?? options.weightsOnly === true);
  if (isRun && (options.config !== undefined || (options.set ?? []).length > 0))
    throw new UsageError("-c and --set are about a spec: a run was trained with its settings");
  if (options.emit !== undefined) {
    if (path === undefined) throw new UsageError("--emit prints a level of a run or a spec: name it");
    const source = isRun ? (await openRun(path)).model.file : await specAt(path);
    if (isRun) requireNone(options);
    terminal.out(levelText(await readSpec(source), options.emit, left, wanted, terminal));
    return exitCodes.clean;
  }
  const { out } = options;
  if (out === undefined) throw new UsageError("compile writes a folder: name it with --out");
  const started = performance.now();
  if (isRun) requireNone(options);
  const { files, compacted, fast, appends } = await compileSource(
    isRun ? path : { untrained: path === undefined ? null : await specAt(path) },
    wanted,
  );
  const longest = Math.max(18, ...[...files.keys()].map(({ length }) => length));
  for (const [name, content] of files)
    terminal.say(`  ${name.padEnd(longest)} ${thousands(sizeInBytes(content)).padStart(12)} bytes`);
  if (compacted !== null) terminal.say(compactedText(compacted, options.tables ?? "f32"));
  if (options.mode === "fast") terminal.say(target.fast ?? fastText(fast));
  for (const cost of appends ?? []) terminal.say(appendText(cost));
  const seconds = (performance.now() - started) / 1000;
  if (options.weightsOnly === true) {
    terminal.say(`${out} has the weights of ${path} (${duration(seconds)}), and its code as before.`);
    terminal.say(
      target.name === "c"
        ? "A running server loads the weights file beside the old one: docs/serving-in-c.md."
        : "A running server takes model.weights.bin: `pool.replace(bytes)`, or createRanker with them again.",
    );
    return exitCodes.clean;
  }
  if (!isRun && target.holdsWeights)
    terminal.say("The weights are random: compile a run folder to get trained ones.");
  terminal.say(`${out} is complete (${duration(seconds)}). Check it with \`${target.check(out)}\`;`);
  terminal.say(`${out}/README.md has an example to run.`);
  return exitCodes.clean;
}

/** The passes to leave out. */
function leftPasses({ withoutPass, emit }: CompileCommandOptions): ReadonlySet<string> {
  const left = new Set(withoutPass ?? []);
  const names = rankingPasses.map(({ name }) => name);
  for (const name of left)
    if (!names.includes(name))
      throw new UsageError(
        `--without-pass: there is no pass ${name}; there are ${[...new Set(names)].join(", ")}`,
      );
  if (left.size > 0 && emit !== "optimised")
    throw new UsageError("--without-pass is for looking at the Graph: say --emit optimised too");
  return left;
}

/** Describes the changes of `--mode fast`. */
function fastText(fast: Fast | null): string {
  if (fast === null)
    return "--mode fast changes nothing here: no product of a candidate and a step of its history is wide enough.";
  const sizes = fast.products.map(({ inner, outer }) => `${inner} × ${outer}`).join(", ");
  return `In 16-bit integers: products ${sizes}, of each candidate and step. Golden requests' logits are within ${fast.largest.toPrecision(2)}.`;
}

/** Describes what `session.append` computes. */
function appendText({ history, alone, untilFull, whole }: AppendCost): string {
  const said = (parts: readonly string[]) => (parts.length === 0 ? "nothing" : parts.join("; "));
  const full = untilFull.length === 0 ? "" : ` Until the history is full also: ${said(untilFull)}.`;
  return `An event of ${history} computes for its step alone: ${said(alone)}.${full} For all steps: ${said(whole)}.`;
}

/** Describes how many bytes compact tables save, and how much scores change. */
function compactedText(
  { bytes, bytesAsFloats, stayed, logit, probability }: Compacted,
  type: TableType,
): string {
  const saved = `Tables as ${type}: ${thousands(bytes)} bytes instead of ${thousands(bytesAsFloats)}.`;
  const kept = stayed.length === 0 ? "" : ` f32 all the same: ${stayed.join(", ")}.`;
  const cost = `Golden requests score within ${probability.toPrecision(2)} of f32 tables (logits within ${logit.toPrecision(2)}).`;
  return `${saved}${kept} ${cost}`;
}

/** A level as text. Trees are printed even if the spec has errors; the other levels need a correct spec. */
function levelText(
  spec: ReadSpec,
  level: Level,
  without: ReadonlySet<string>,
  options: CompileOptions,
  terminal: Terminal,
): string {
  if (level === "ast") {
    const { value, diagnostics } = parse(spec.file);
    printDiagnostics(diagnostics, terminal);
    return json(value);
  }
  const model = modelOf(spec, options);
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

/** JSON for people: maps become objects, locations become offsets, and the source text is left out. */
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
