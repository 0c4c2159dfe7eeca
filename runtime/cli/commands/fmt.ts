// dinc fmt FILE…: formats specs in place, each in full or not at all. Items with syntax errors stay as they are.

import { append } from "../../../compiler/common/arrays.ts";
import { UsageError } from "../../../compiler/common/usage-error.ts";
import { type Diagnostic, hasErrors } from "../../../compiler/diagnostics/diagnostic.ts";
import { format } from "../../../compiler/tools/fmt/format.ts";
import { sourceOf } from "../../driver/read-spec.ts";
import { isSettings } from "../../files/checkable-files.ts";
import { exitCodes } from "../exit-codes.ts";
import { printDiagnostics } from "../print-diagnostics.ts";
import { replaceSource } from "../replace-source.ts";
import { specAt } from "../spec-options.ts";
import type { Terminal } from "../terminal.ts";
import { filesAt } from "./check.ts";

export interface FmtOptions {
  readonly check?: boolean;
}

export async function fmt(
  paths: readonly string[],
  { check = false }: FmtOptions,
  terminal: Terminal,
): Promise<number> {
  if (paths.filter((path) => path === "-").length > 1) throw new UsageError("- may be given once");
  const problems: Diagnostic[] = [];
  const changed: string[] = [];
  const files = await specsAt(paths);
  for (const path of files) {
    const file = await sourceOf(await specAt(path));
    const { value, diagnostics } = format(file);
    append(
      problems,
      diagnostics.filter((diagnostic) => hasErrors([diagnostic])),
    );
    if (value !== file.text) changed.push(file.path);
    if (check) continue;
    if (path === "-") terminal.out(value);
    else if (value !== file.text) await replaceSource(file, value);
  }
  printDiagnostics(problems, terminal);
  if (check) for (const path of changed) terminal.out(`${path}\n`);
  const count = `${changed.length} of ${files.length} ${files.length === 1 ? "file" : "files"}`;
  if (check) terminal.say(`${count} would be formatted`);
  else if (!paths.includes("-")) terminal.say(`${count} formatted`);
  return problems.length > 0 || (check && changed.length > 0) ? exitCodes.findings : exitCodes.clean;
}

/** The specs in folders, and the files that are named. */
async function specsAt(paths: readonly string[]): Promise<readonly string[]> {
  const files = await filesAt(paths);
  return files.filter((path) => !isSettings(path) || paths.includes(path));
}
