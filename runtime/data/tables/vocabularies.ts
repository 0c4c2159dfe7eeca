// Reads the files that list vocabularies, once and before the training rows. The values are stored with the
// run.

import { dirname, resolve } from "node:path";
import { listedFiles, listedValues } from "../../../compiler/data/listed-values.ts";
import { fileUnreadable } from "../../../compiler/diagnostics/catalog/run.ts";
import { DiagnosticError, diagnose, inText } from "../../../compiler/diagnostics/diagnostic.ts";
import type { FileReference, Fitted, Model } from "../../../compiler/frontend/model/model.ts";
import { fileProblem } from "../../files/file-problem.ts";
import { readBytes } from "../../files/read-text.ts";

/** The most bytes of a list, because its text must be one string. */
const LONGEST_LIST = 1 << 28;

/** By feature: the values in its file. Throws DiagnosticError for mistakes in a file. */
export async function readVocabularies(model: Model): Promise<Fitted> {
  const vocabularies = new Map<string, readonly string[]>();
  for (const [feature, file] of listedFiles(model)) {
    const path = resolve(dirname(model.file.path), file.path);
    vocabularies.set(feature, listedValues(feature, file, path, await readList(path, file)));
  }
  return { vocabularies, transforms: new Map() };
}

/** Null if it is not UTF-8. */
async function readList(path: string, { span }: FileReference): Promise<string | null> {
  try {
    return decoded(await readBytes(path, LONGEST_LIST));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    const reason = fileProblem(error);
    throw new DiagnosticError([diagnose(fileUnreadable, { path, reason }, inText(span))]);
  }
}

/** Without a byte order mark; null if it is not UTF-8. */
function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
