// Checks a dinc.yaml on the disk together with the spec that it names, and without the data: for continuous integration, where
// data are elsewhere.

import { type SourceFile, sourceFile } from "../../compiler/common/source-file.ts";
import { type Diagnostic, DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { checkConfig } from "../../compiler/frontend/config/check-config.ts";
import { readSettings, type System } from "../../compiler/frontend/config/read-settings.ts";
import { readText } from "../files/read-text.ts";
import { systemHere } from "../files/system.ts";
import { type ReadSpec, readSpec, unreadable } from "./read-spec.ts";

const { rowsAt: _, ...system } = systemHere;
/** Only the spec must exist. */
const withoutData: System = {
  ...system,
  problemOf: (path) => (path.endsWith(".din") ? systemHere.problemOf(path) : null),
};

export interface CheckableSettings {
  readonly file: SourceFile;
  /** The findings of the settings, or of another text in their place. */
  readonly examine: (file: SourceFile) => readonly Diagnostic[];
}

/** Throws DiagnosticError if the file can't be read. */
export async function checkableSettings(path: string): Promise<CheckableSettings> {
  const file = await settingsAt(path);
  const spec = await specOf(readSettings(file, [], withoutData).value.spec);
  const textOf = (named: string): SourceFile | null => {
    if (named === spec?.file.path) return spec.file;
    const imported = spec?.options.resolve?.(named) ?? null;
    if (typeof imported === "string") return sourceFile(named, imported);
    return imported === null || "why" in imported ? null : imported;
  };
  return { file, examine: (text) => checkConfig(text, { ...withoutData, file: textOf }).diagnostics };
}

async function settingsAt(path: string): Promise<SourceFile> {
  try {
    return sourceFile(path, await readText(path));
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Null if it cannot be read, which is then a finding of the settings. */
async function specOf(path: string | null): Promise<ReadSpec | null> {
  if (path === null) return null;
  try {
    return await readSpec(path);
  } catch (error) {
    if (error instanceof DiagnosticError) return null;
    throw error;
  }
}
