// Reads specs that the command line names.

import { fileProblem, isOfSystem } from "../../runtime/files/file-problem.ts";
import { collected, readText, textOfBytes } from "../../runtime/files/read-text.ts";
import { fileUnreadable } from "../diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, nowhere } from "../diagnostics/diagnostic.ts";
import { type SourceFile, sourceFile } from "../source/source-file.ts";

/** `-` is standard input, shown as `stdinPath`. Throws DiagnosticError where the file cannot be read. */
export async function readSource(path: string, stdinPath = "<stdin>"): Promise<SourceFile> {
  const isInput = path === "-";
  try {
    const text = isInput
      ? textOfBytes(await collected(process.stdin), stdinPath, false)
      : await readText(path);
    return sourceFile(isInput ? stdinPath : path, text);
  } catch (error) {
    throw unreadable(isInput ? "standard input" : path, error);
  }
}

/** What to throw where reading `path` failed with `error`. */
export function unreadable(path: string, error: unknown): unknown {
  if (!isOfSystem(error)) return error;
  return new DiagnosticError([diagnose(fileUnreadable, { path, reason: fileProblem(error) }, nowhere)]);
}
