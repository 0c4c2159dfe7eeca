// dinc check FILE…: parses and checks specs. Loads neither DuckDB nor tfjs nor ts-morph.

import { check as checkModel } from "../../check.ts";
import { type Diagnostic, hasErrors } from "../../diagnostics/diagnostic.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { readSource } from "../read-source.ts";
import { type Format, printFindings } from "../say-diagnostics.ts";
import type { Terminal } from "../terminal.ts";

export interface CheckOptions {
  readonly format: Format;
  readonly stdinFilepath?: string;
}

export async function check(
  paths: readonly string[],
  options: CheckOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.stdinFilepath !== undefined && !paths.includes("-"))
    throw new UsageError("--stdin-filepath names standard input; give - as the file");
  if (paths.filter((path) => path === "-").length > 1) throw new UsageError("- may be given once");
  const diagnostics: Diagnostic[] = [];
  for (const path of paths)
    diagnostics.push(...checkModel(await readSource(path, options.stdinFilepath)).diagnostics);
  printFindings(diagnostics, paths.length, options.format, terminal);
  return hasErrors(diagnostics) ? exitCodes.findings : exitCodes.clean;
}
