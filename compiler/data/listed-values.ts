// Reads vocabularies that files list, one value a line: `id(file: "items.txt")`.

import { malformedFile } from "../diagnostics/catalog/data.ts";
import { fileUnreadable } from "../diagnostics/catalog/run.ts";
import { listedEmpty, listedNothing, listedTwice } from "../diagnostics/catalog/vocabularies.ts";
import { type Details, DiagnosticError, diagnose, inText } from "../diagnostics/diagnostic.ts";
import { vocabularyFileOf } from "../frontend/kinds/registry.ts";
import { allFeatures, type FileReference, type Fitted, type Model } from "../frontend/model/model.ts";
import { Findings } from "./findings.ts";

/** Returns the text of a file by its path in the spec; null if there is none. */
export type ReadText = (path: string) => string | null;

/** By feature with its own vocabulary file: the file. */
export function listedFiles(model: Model): ReadonlyMap<string, FileReference> {
  return new Map(
    allFeatures(model).flatMap((feature) => {
      const file = vocabularyFileOf(feature);
      return file === null || feature.shares !== null ? [] : [[feature.name, file] as const];
    }),
  );
}

/** The values known before any row is read. Throws DiagnosticError for mistakes in a file. */
export function givenVocabularies(model: Model, readText: ReadText): Fitted {
  const vocabularies = new Map(
    [...listedFiles(model)].map(([feature, file]) => {
      const { path, span } = file;
      const text = readText(path);
      const reason = "there is no such file";
      if (text === null)
        throw new DiagnosticError([diagnose(fileUnreadable, { path, reason }, inText(span))]);
      return [feature, listedValues(feature, file, path, text)] as const;
    }),
  );
  return { vocabularies, transforms: new Map() };
}

/**
 * The values in the file at `path`; `text` is null if it is not UTF-8. Throws DiagnosticError for mistakes in
 * the file.
 */
export function listedValues(
  feature: string,
  { span }: FileReference,
  path: string,
  text: string | null,
): readonly string[] {
  const findings = new Findings(path);
  const details: Details = { related: [{ location: inText(span), label: "named here" }] };
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
