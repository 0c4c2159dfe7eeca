// Reads dinc.yaml from the disk.

import { type SourceFile, sourceFile } from "../../compiler/common/source-file.ts";
import {
  type Checked,
  type Diagnostic,
  DiagnosticError,
  hasErrors,
} from "../../compiler/diagnostics/diagnostic.ts";
import type { Config } from "../../compiler/frontend/config/config.ts";
import { readSettings, type System } from "../../compiler/frontend/config/read-settings.ts";
import { fileProblem } from "../files/file-problem.ts";
import { readText } from "../files/read-text.ts";
import { systemHere } from "../files/system.ts";
import { unreadableFile } from "../files/unreadable.ts";

export interface ConfigOptions {
  /** Receives warnings. */
  readonly warn?: (warnings: readonly Diagnostic[]) => void;
  /** True (the default) if the files that it names must exist. */
  readonly readsData?: boolean;
}

/** Like `loadConfig`, but throws DiagnosticError for any error. */
export async function readConfig(
  path: string | SourceFile | null,
  sets: readonly string[] = [],
  { warn, readsData = true }: ConfigOptions = {},
): Promise<Config> {
  const { rowsAt: _, ...withoutRows } = systemHere;
  const system = readsData ? systemHere : { ...withoutRows, problemOf: () => null };
  const { value, diagnostics } = await loadConfig(path, sets, system);
  if (value === null) throw new DiagnosticError(diagnostics);
  warn?.(diagnostics);
  return value;
}

/**
 * The settings of a file, given by its path or its text (null: no file), overridden by `sets`: see
 * `readSettings`.
 */
export async function loadConfig(
  path: string | SourceFile | null,
  sets: readonly string[] = [],
  system: System = systemHere,
): Promise<Checked<Config | null>> {
  let file: SourceFile | null = null;
  try {
    file = typeof path === "string" ? sourceFile(path, await readText(path)) : path;
  } catch (error) {
    if (error instanceof DiagnosticError) return { value: null, diagnostics: error.diagnostics };
    return { value: null, diagnostics: [unreadableFile(String(path), fileProblem(error))] };
  }
  const { value, diagnostics } = readSettings(file, sets, system);
  return { value: hasErrors(diagnostics) ? null : value, diagnostics };
}
