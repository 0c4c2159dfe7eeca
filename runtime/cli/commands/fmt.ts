// dinc fmt FILE…: formats specs in place, each in full or not at all. Items with syntax errors stay as they are. With --migrate it
// replaces retired forms instead, and prints the files that it changed.

import { append } from "../../../compiler/common/arrays.ts";
import type { SourceFile } from "../../../compiler/common/source-file.ts";
import { UsageError } from "../../../compiler/common/usage-error.ts";
import { type Diagnostic, hasErrors } from "../../../compiler/diagnostics/diagnostic.ts";
import { format } from "../../../compiler/tools/fmt/format.ts";
import { migrate } from "../../../compiler/tools/fmt/migrate.ts";
import { readSpec, sourceOf } from "../../driver/read-spec.ts";
import { isSettings } from "../../files/checkable-files.ts";
import { exitCodes } from "../exit-codes.ts";
import { printDiagnostics } from "../print-diagnostics.ts";
import { replaceSource } from "../replace-source.ts";
import { specAt } from "../spec-options.ts";
import type { Terminal } from "../terminal.ts";
import { filesAt } from "./check.ts";

export interface FmtOptions {
  readonly check?: boolean;
  readonly migrate?: boolean;
}

export async function fmt(
  paths: readonly string[],
  { check = false, migrate: migrates = false }: FmtOptions,
  terminal: Terminal,
): Promise<number> {
  if (paths.filter((path) => path === "-").length > 1) throw new UsageError("- may be given once");
  const problems: Diagnostic[] = [];
  const changed: string[] = [];
  const files = await specsAt(paths);
  for (const path of files) {
    const { file, value, left } = await (migrates ? migrated(path) : formatted(path));
    append(problems, left);
    if (value !== file.text) changed.push(file.path);
    if (check) continue;
    if (path === "-") terminal.out(value);
    else if (value !== file.text) await replaceSource(file, value);
  }
  printDiagnostics(problems, terminal);
  if (check || (migrates && !paths.includes("-"))) for (const path of changed) terminal.out(`${path}\n`);
  const count = `${changed.length} of ${files.length} ${files.length === 1 ? "file" : "files"}`;
  const done = migrates ? "migrated" : "formatted";
  if (check) terminal.say(`${count} would be ${done}`);
  else if (!paths.includes("-")) terminal.say(`${count} ${done}`);
  return problems.length > 0 || (check && changed.length > 0) ? exitCodes.findings : exitCodes.clean;
}

interface Rewritten {
  readonly file: SourceFile;
  readonly value: string;
  /** Findings that only the author can act on. */
  readonly left: readonly Diagnostic[];
}

async function formatted(path: string): Promise<Rewritten> {
  const file = await sourceOf(await specAt(path));
  const { value, diagnostics } = format(file);
  return { file, value, left: diagnostics.filter((diagnostic) => hasErrors([diagnostic])) };
}

async function migrated(path: string): Promise<Rewritten> {
  const { file, options } = await readSpec(await specAt(path));
  const { file: next, diagnostics } = migrate(file, options);
  return { file, value: next.text, left: diagnostics };
}

/** The specs in folders, and the files that are named. */
async function specsAt(paths: readonly string[]): Promise<readonly string[]> {
  const files = await filesAt(paths);
  return files.filter((path) => !isSettings(path) || paths.includes(path));
}
