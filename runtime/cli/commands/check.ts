// dinc check PATH… and dinc lint PATH…: report the findings of specs and settings files, and fix them on
// request. They load neither DuckDB nor TensorFlow.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { shellCommand } from "../../../compiler/common/shell.ts";
import type { SourceFile } from "../../../compiler/common/source-file.ts";
import { UsageError } from "../../../compiler/common/usage-error.ts";
import { fixAll } from "../../../compiler/diagnostics/apply-fixes.ts";
import { findEntry } from "../../../compiler/diagnostics/catalog/index.ts";
import { type Diagnostic, hasErrors } from "../../../compiler/diagnostics/diagnostic.ts";
import type { Format } from "../../../compiler/diagnostics/render/render.ts";
import { type CheckOptions, check as checkModel } from "../../../compiler/frontend/check/check.ts";
import { readSpec } from "../../driver/read-spec.ts";
import { checkableFilesIn, isSettings } from "../../files/checkable-files.ts";
import { exitCodes } from "../exit-codes.ts";
import { printFindings } from "../print-diagnostics.ts";
import { modelOptions, type SpecOptions, specAt } from "../spec-options.ts";
import type { Terminal } from "../terminal.ts";

export interface CheckCommandOptions extends SpecOptions {
  readonly format: Format;
  readonly stdinFilepath?: string;
  readonly fix?: true;
  /** Codes or names of warnings and advice that count as errors. */
  readonly deny: readonly string[];
}

/** The diagnostics of a command for one file. */
export type Examine = (file: SourceFile, options: CheckOptions) => readonly Diagnostic[];

export function check(
  paths: readonly string[],
  options: CheckCommandOptions,
  terminal: Terminal,
): Promise<number> {
  return report(paths, options, terminal, (file, wanted) => checkModel(file, wanted).diagnostics);
}

export async function report(
  paths: readonly string[],
  options: CheckCommandOptions,
  terminal: Terminal,
  examine: Examine,
): Promise<number> {
  if (options.stdinFilepath !== undefined && !paths.includes("-"))
    throw new UsageError("--stdin-filepath names standard input; give - as the file");
  if (paths.filter((path) => path === "-").length > 1) throw new UsageError("- may be given once");
  if (options.fix && paths.includes("-")) throw new UsageError("--fix writes files, so it takes no -");
  const denied = new Set(options.deny.map(codeOf));
  const files = await filesAt(paths);
  const diagnostics: Diagnostic[] = [];
  // Errors of a spec are reported once, at the spec, and not again for each settings file that names it.
  const reported = new Set<string>();
  for (const path of files) {
    const { file, findings } = isSettings(path)
      ? await settingsFindings(path)
      : await specFindings(path, options, examine);
    const found = options.fix ? await fixFile(file, findings, terminal) : findings(file);
    for (const diagnostic of found) {
      const { code, message } = diagnostic;
      const key = `${code} ${message}`;
      if (isSettings(path) && reported.has(key)) continue;
      reported.add(key);
      diagnostics.push(deny(diagnostic, denied));
    }
  }
  printFindings(diagnostics, files.length, options.format, terminal);
  return hasErrors(diagnostics) ? exitCodes.findings : exitCodes.clean;
}

interface CheckedFile {
  readonly file: SourceFile;
  readonly findings: (text: SourceFile) => readonly Diagnostic[];
}

async function specFindings(
  path: string,
  options: CheckCommandOptions,
  examine: Examine,
): Promise<CheckedFile> {
  const spec = await readSpec(await specAt(path, options.stdinFilepath));
  const wanted = { ...spec.options, ...modelOptions(options) };
  return { file: spec.file, findings: (text) => examine(text, wanted) };
}

async function settingsFindings(path: string): Promise<CheckedFile> {
  const { checkableSettings } = await import("../../driver/check-settings.ts");
  const { file, examine } = await checkableSettings(path);
  return { file, findings: examine };
}

/**
 * Replaces folders by the specs and settings files in them. Settings come last, after the specs that they
 * name.
 */
export async function filesAt(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const isFolder = path !== "-" && (await stat(path).catch(() => null))?.isDirectory() === true;
    if (!isFolder) {
      files.push(path);
      continue;
    }
    const found = await checkableFilesIn(path);
    if (found.length === 0) throw new UsageError(await nothingToCheck(path));
    files.push(...found);
  }
  return [...files.filter((path) => !isSettings(path)), ...files.filter(isSettings)];
}

async function nothingToCheck(folder: string): Promise<string> {
  const spec = join(folder, "model.din");
  const isRun = (await stat(spec).catch(() => null)) !== null;
  return isRun
    ? shellCommand`${folder} is a run, with a copy of its spec: \`dinc check ${spec}\` looks at that`
    : shellCommand`${folder} has no .din file and no dinc.yaml; \`dinc init ${folder} --data clicks.csv\` drafts both there`;
}

function codeOf(written: string): string {
  const entry = findEntry(written);
  if (entry === null) throw new UsageError(`--deny ${written}: no diagnostic is called so`);
  return entry.code;
}

function deny(diagnostic: Diagnostic, denied: ReadonlySet<string>): Diagnostic {
  return denied.has(diagnostic.code) ? { ...diagnostic, severity: "error" } : diagnostic;
}

/** Writes the fixed text, and returns the remaining findings. */
async function fixFile(
  file: SourceFile,
  examine: (file: SourceFile) => readonly Diagnostic[],
  terminal: Terminal,
): Promise<readonly Diagnostic[]> {
  const fixed = fixAll(file, examine);
  if (fixed.count > 0) {
    const { replaceSource } = await import("../replace-source.ts");
    await replaceSource(file, fixed.file.text);
    terminal.say(`${file.path}: ${fixed.count === 1 ? "1 mistake" : `${fixed.count} mistakes`} fixed`);
  }
  return fixed.diagnostics;
}
