// Makes the diagnostic for a file or folder that cannot be written: the system's reason, and a remedy.

import { fileUnwritable } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, type Help, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { isOfSystem, systemWords, writingAdvice } from "./file-problem.ts";

/**
 * The error to throw if writing `path` failed with `error`; errors that are not the system's stay unchanged.
 */
export function unwritable(path: string, error: unknown, help: Help | null = null): unknown {
  if (!isOfSystem(error)) return error;
  const advice = help ?? writingAdvice(error);
  const details = advice === null ? {} : { help: advice };
  return new DiagnosticError([
    diagnose(fileUnwritable, { path, reason: systemWords(error) }, noLocation, details),
  ]);
}
