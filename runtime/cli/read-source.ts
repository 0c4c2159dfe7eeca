// Reads specs that the command line names.

import { type SourceFile, sourceFile } from "../../compiler/common/source-file.ts";
import { fileUnreadable } from "../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, nowhere } from "../../compiler/diagnostics/diagnostic.ts";
import { fileProblem, isOfSystem } from "../files/file-problem.ts";
import { collected, readText, textOfBytes } from "../files/read-text.ts";

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
