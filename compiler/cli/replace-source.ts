// Writes a spec back to where it was read from: whole or not at all, with the permissions it had, through links.

import { readFile, realpath, stat } from "node:fs/promises";
import { writeAtomically } from "../../runtime/run/atomic.ts";
import { fileUnwritable } from "../diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, nowhere } from "../diagnostics/diagnostic.ts";
import type { SourceFile } from "../source/source-file.ts";

/** Throws DiagnosticError where the file cannot be written, or is no longer what `file` was read from. */
export async function replaceSource(file: SourceFile, text: string): Promise<void> {
  const refuse = (reason: string) =>
    new DiagnosticError([diagnose(fileUnwritable, { path: file.path, reason }, nowhere)]);
  try {
    const path = await realpath(file.path);
    // Bytes that are no UTF-8 were replaced as they were read, and would be lost.
    if (!(await readFile(path)).equals(Buffer.from(file.text, "utf8")))
      throw refuse("it is not UTF-8, or has changed since it was read");
    const { mode } = await stat(path);
    await writeAtomically(path, async (handle) => {
      await handle.writeFile(text);
      await handle.chmod(mode);
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined || error instanceof DiagnosticError ? error : refuse(code);
  }
}
