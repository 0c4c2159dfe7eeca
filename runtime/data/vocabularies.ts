// Vocabularies that files list, one value a line: `id(file: "items.txt")`. They are read once, before the training rows,
// and kept with the run.

import { dirname, resolve } from "node:path";
import { Findings } from "../../compiler/data/findings.ts";
import { malformedFile } from "../../compiler/diagnostics/catalog/data.ts";
import { fileUnreadable } from "../../compiler/diagnostics/catalog/run.ts";
import { listedEmpty, listedNothing, listedTwice } from "../../compiler/diagnostics/catalog/vocabularies.ts";
import { type Details, DiagnosticError, diagnose, inText } from "../../compiler/diagnostics/diagnostic.ts";
import { vocabularyFileOf } from "../../compiler/frontend/kinds/registry.ts";
import {
  allFeatures,
  type FileReference,
  type Fitted,
  type Model,
} from "../../compiler/frontend/model/model.ts";
import { fileProblem } from "../files/file-problem.ts";
import { readBytes } from "../files/read-text.ts";

/** Bytes of a list; its text has to be one string. */
const LONGEST_LIST = 1 << 28;

/** By feature: the values that its file lists. Throws DiagnosticError for what is wrong with a file. */
export async function readVocabularies(model: Model): Promise<Fitted> {
  const vocabularies = new Map<string, readonly string[]>();
  for (const feature of allFeatures(model)) {
    const file = vocabularyFileOf(feature);
    if (file !== null && feature.shares === null)
      vocabularies.set(feature.name, await readVocabulary(model, feature.name, file));
  }
  return { vocabularies, transforms: new Map() };
}

async function readVocabulary(
  model: Model,
  feature: string,
  { path: written, span }: FileReference,
): Promise<readonly string[]> {
  const path = resolve(dirname(model.file.path), written);
  const findings = new Findings(path);
  const details: Details = { related: [{ location: inText(span), label: "named here" }] };
  let bytes: Uint8Array;
  try {
    bytes = await readBytes(path, LONGEST_LIST);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    const reason = fileProblem(error);
    throw new DiagnosticError([diagnose(fileUnreadable, { path, reason }, inText(span))]);
  }
  const text = decoded(bytes);
  if (text === null) findings.add(malformedFile, { reason: "it is not UTF-8" }, null, null, details);
  findings.throwIfAny();
  const lines = text!.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const lineOf = new Map<string, number>();
  for (const [i, value] of lines.entries()) {
    const first = lineOf.get(value);
    if (value.trim() === "") findings.add(listedEmpty, {}, i, null, details);
    else if (first !== undefined) findings.add(listedTwice, { value, first }, i, null, details);
    else lineOf.set(value, i + 1);
  }
  if (lines.length === 0) findings.add(listedNothing, { feature }, null, null, details);
  findings.throwIfAny();
  return lines;
}

/** Without a byte order mark; null for what is not UTF-8. */
function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
