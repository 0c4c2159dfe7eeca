// Writes a spec back to where it was read from: whole or not at all, with the permissions it had, through links.

import { realpath, stat } from "node:fs/promises";
import type { SourceFile } from "../../compiler/common/source-file.ts";
import { writeAtomically } from "../files/atomic.ts";
import { refusal } from "../files/file-problem.ts";
import { LONGEST_TEXT, readBytes, requireFile } from "../files/read-text.ts";
import { unwritable } from "../files/unwritable.ts";

/** Throws DiagnosticError where the file cannot be written, or is no longer what `file` was read from. */
export async function replaceSource(file: SourceFile, text: string): Promise<void> {
  try {
    const path = await realpath(file.path);
    await requireFile(path);
    // Bytes that are no UTF-8 were replaced as they were read, and would be lost.
    if (!(await readBytes(path, LONGEST_TEXT)).equals(Buffer.from(file.text, "utf8")))
      throw refusal("it is not UTF-8, or has changed since it was read");
    const { mode } = await stat(path);
    await writeAtomically(path, async (handle) => {
      await handle.writeFile(text);
      await handle.chmod(mode);
    });
  } catch (error) {
    throw unwritable(file.path, error);
  }
}
