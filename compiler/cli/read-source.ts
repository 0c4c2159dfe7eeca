// Reads specs that the command line names.

import { readText, textOfBytes } from "../../runtime/read-text.ts";
import { fileUnreadable } from "../diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, nowhere } from "../diagnostics/diagnostic.ts";
import { type SourceFile, sourceFile } from "../source/source-file.ts";

/** `-` is standard input, shown as `stdinPath`. Throws DiagnosticError where the file cannot be read. */
export async function readSource(path: string, stdinPath = "<stdin>"): Promise<SourceFile> {
  if (path === "-") {
    const { buffer } = await import("node:stream/consumers");
    return sourceFile(stdinPath, textOfBytes(await buffer(process.stdin), stdinPath, false));
  }
  try {
    return sourceFile(path, await readText(path));
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** What to throw where reading `path` failed with `error`. */
export function unreadable(path: string, error: unknown): unknown {
  const reasons: Record<string, string> = {
    ENOENT: "no such file",
    EISDIR: "it is a folder",
    ENOTDIR: "a part of its path is a file",
    EACCES: "permission denied",
  };
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  return new DiagnosticError([diagnose(fileUnreadable, { path, reason: reasons[code] ?? code }, nowhere)]);
}
