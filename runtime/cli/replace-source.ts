// Writes a spec back to its file, completely or not at all. Permissions are kept, and links are followed.

import { realpath, stat } from "node:fs/promises";
import type { SourceFile } from "../../compiler/common/source-file.ts";
import { writeAtomically } from "../files/atomic.ts";
import { refusal } from "../files/file-problem.ts";
import { LONGEST_TEXT, readBytes, requireFile } from "../files/read-text.ts";
import { unwritable } from "../files/unwritable.ts";

/** Throws DiagnosticError if the file cannot be written, or has changed since `file` was read. */
export async function replaceSource(file: SourceFile, text: string): Promise<void> {
  try {
    const path = await realpath(file.path);
    await requireFile(path);
    // Reading replaced bytes that are not UTF-8, so writing would lose them.
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
