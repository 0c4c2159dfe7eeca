// dinc check --types FILE…: prints every name of specs with its type, as a table or as JSON, and the findings
// of the check beside it.

import { append } from "../../../compiler/common/arrays.ts";
import { positionAt, type SourceFile, type Span } from "../../../compiler/common/source-file.ts";
import { UsageError } from "../../../compiler/common/usage-error.ts";
import { type Diagnostic, hasErrors } from "../../../compiler/diagnostics/diagnostic.ts";
import { rangeOf } from "../../../compiler/diagnostics/render/json.ts";
import type { Format } from "../../../compiler/diagnostics/render/render.ts";
import { type TypedBinding, types as typesOf } from "../../../compiler/tools/views/types.ts";
import { readSpec } from "../../driver/read-spec.ts";
import { alignedLines } from "../../driver/text-table.ts";
import { exitCodes } from "../exit-codes.ts";
import { printDiagnostics } from "../print-diagnostics.ts";
import { modelOptions, type SpecOptions, specAt } from "../spec-options.ts";
import type { Terminal } from "../terminal.ts";

export interface TypesOptions extends SpecOptions {
  readonly format: Format;
  readonly stdinFilepath?: string;
}

export async function types(
  paths: readonly string[],
  options: TypesOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.format !== "pretty" && options.format !== "json")
    throw new UsageError(`--types prints a table, or JSON with --format json, not ${options.format}`);
  const found: { readonly file: SourceFile; readonly bindings: readonly TypedBinding[] }[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of paths) {
    const { file, options: read } = await readSpec(await specAt(path, options.stdinFilepath));
    const typed = typesOf(file, { ...read, ...modelOptions(options) });
    found.push({ file, bindings: typed.value });
    append(diagnostics, typed.diagnostics);
  }
  if (options.format === "json") terminal.out(json(found.flatMap(({ bindings }) => bindings)));
  else {
    const tables = found.map(
      ({ file, bindings }, i) => (paths.length > 1 ? `${paths[i]}\n` : "") + table(bindings, file),
    );
    terminal.out(tables.join("\n"));
  }
  printDiagnostics(diagnostics, terminal);
  return hasErrors(diagnostics) ? exitCodes.findings : exitCodes.clean;
}

function json(bindings: readonly TypedBinding[]): string {
  const shown = bindings.map(({ span, ...binding }) => ({
    ...binding,
    file: span.file.path,
    range: rangeOf(span),
  }));
  return `${JSON.stringify({ version: 1, bindings: shown }, null, 2)}\n`;
}

/** The line, after the file's path if that is an imported file. */
function placeOf({ file, start }: Span, main: SourceFile): string {
  const { line } = positionAt(file, start);
  return file === main ? String(line) : `${file.path}:${line}`;
}

/** Leaves out parameters, because the line of their block lists them. */
function table(bindings: readonly TypedBinding[], main: SourceFile): string {
  const rows = bindings
    .filter(({ kind }) => kind !== "parameter")
    .map(({ kind, name, of, type, sources, axis, span }) => {
      const start = [
        placeOf(span, main),
        kind,
        of === null ? name : kind === "field" ? `${of}.${name}` : `  ${name}`,
        type,
      ];
      return kind === "block" || kind === "param" ? start : [...start, sources.join(", "), axis ?? ""];
    });
  return alignedLines([["line", "what", "name", "type", "known from", "axis"], ...rows], new Set([0]));
}
