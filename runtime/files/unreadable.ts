// Makes the diagnostic for a file or folder that the user named and that cannot be read.

import { fileUnreadable } from "../../compiler/diagnostics/catalog/run.ts";
import { type Diagnostic, diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { isAbsolute } from "../../compiler/frontend/config/paths.ts";
import { MISSING } from "./file-problem.ts";

/** If there is no such file, it tells which folder a relative `path` begins at. */
export function unreadableFile(path: string, reason: string): Diagnostic {
  const lookedIn = reason === MISSING && !isAbsolute(path) ? { lookedIn: process.cwd() } : {};
  return diagnose(fileUnreadable, { path, reason, ...lookedIn }, noLocation);
}
