// A spec that the command line names, with what it imports and which of its models is meant: what checking it takes.

import { append } from "../../compiler/common/arrays.ts";
import { type SourceFile, sourceFile } from "../../compiler/common/source-file.ts";
import { nowhere } from "../../compiler/diagnostics/diagnostic.ts";
import type { CheckOptions } from "../../compiler/frontend/check/check.ts";
import type { ParamOverride } from "../../compiler/frontend/modules/params.ts";
import { importedPaths, type Unreadable } from "../../compiler/frontend/modules/program.ts";
import { fileProblem, isOfSystem } from "../files/file-problem.ts";
import { readText } from "../files/read-text.ts";
import { UsageError } from "./exit-codes.ts";
import { readSource } from "./read-source.ts";

/** `--param` and `--variant`. */
export interface ReuseOptions {
  readonly param?: readonly string[];
  readonly variant?: string;
}

export interface ReadSpec {
  readonly file: SourceFile;
  readonly options: CheckOptions;
}

/** Reads the spec and all that it imports. Throws DiagnosticError where the spec itself cannot be read. */
export async function readSpec(path: string, stdinPath?: string): Promise<ReadSpec> {
  const file = await readSource(path, stdinPath);
  const files = new Map<string, SourceFile | Unreadable>();
  const waiting = importedPaths(file);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (files.has(next)) continue;
    // A file that cannot be read is reported at its import.
    const imported = await readText(next).then((text) => sourceFile(next, text), unreadable);
    if (imported === null) continue;
    files.set(next, imported);
    if (!("why" in imported)) append(waiting, importedPaths(imported));
  }
  return { file, options: { resolve: (wanted) => files.get(wanted) ?? null } };
}

function unreadable(error: unknown): Unreadable | null {
  if (!isOfSystem(error)) throw error;
  return error.code === "ENOENT" ? null : { why: fileProblem(error) };
}

/** The one model that the options ask for: the spec's own, or a variant. */
export function wanting(spec: ReadSpec, options: ReuseOptions): ReadSpec {
  const { variant } = options;
  const model = variant === undefined ? null : { name: variant, place: nowhere };
  return { ...spec, options: { ...spec.options, params: paramsOf(options), variant: model } };
}

/** As `wanting` where a variant is asked for; otherwise the spec's own model and every variant. */
export function wantingAll(spec: ReadSpec, options: ReuseOptions): ReadSpec {
  if (options.variant !== undefined) return wanting(spec, options);
  return { ...spec, options: { ...spec.options, params: paramsOf(options) } };
}

/** The spec of a run, which has its variant and its values already. */
export function ofRun(file: SourceFile, { param = [], variant }: ReuseOptions): ReadSpec {
  if (param.length > 0 || variant !== undefined)
    throw new UsageError("a run was trained with its params and its variant: give the spec to choose others");
  return { file, options: { variant: null } };
}

/** Their places lie in the command line, written as one line. */
function paramsOf({ param = [] }: ReuseOptions): ParamOverride[] {
  const flags = param.map((argument) => `--param ${argument}`);
  const file = sourceFile("command line", flags.join(" "));
  let start = 0;
  return flags.map((flag, i) => {
    const argument = param[i]!;
    const equals = argument.indexOf("=");
    if (equals < 1) throw new UsageError(`--param ${argument}: write --param name=value`);
    const from = start + "--param ".length;
    const place = (first: number, last: number) =>
      ({ kind: "text", span: { file, start: from + first, end: from + last } }) as const;
    start += flag.length + 1;
    return {
      name: argument.slice(0, equals).trim(),
      text: argument.slice(equals + 1),
      namePlace: place(0, equals),
      place: place(equals + 1, argument.length),
      by: `\`${flag}\``,
    };
  });
}
