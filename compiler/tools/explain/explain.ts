// Explains a word: a diagnostic by its code or name, or a word of other tools that dinc does not have.

import { suggest } from "../../../grammar/closest-word.ts";
import { catalog, findEntry } from "../../diagnostics/catalog/index.ts";
import type { Severity } from "../../diagnostics/diagnostic.ts";
import { explainWord, meaningsOf } from "../../diagnostics/field-words/field-words.ts";
import { examinerOf } from "../lint/lint.ts";
import { explainEntry, importedExample } from "./reference.ts";

export type Explanation =
  /** `text` has the meaning, a bad example, dinc's message about it, and a good example. */
  | {
      readonly kind: "diagnostic";
      readonly code: string;
      readonly name: string;
      readonly severity: Severity;
      readonly text: string;
    }
  /** A word such as `gelu`, with a replacement for each of its meanings, one a line. */
  | { readonly kind: "word"; readonly text: string }
  /** `nearest` is the closest code or name, for a misspelling. */
  | { readonly kind: "unknown"; readonly nearest: string | null };

/** Explains a code such as `DIN0204`, the name of a diagnostic, or a word that other systems use. */
export function explain(word: string): Explanation {
  const entry = findEntry(word);
  if (entry !== null) {
    const { code, name, severity } = entry;
    const text = explainEntry(entry, examinerOf(entry, { resolve: importedExample }));
    return { kind: "diagnostic", code, name, severity, text };
  }
  const meanings = meaningsOf(word);
  if (meanings.length > 0)
    return { kind: "word", text: meanings.map((meaning) => explainWord(meaning, word)).join("") };
  const known = catalog.flatMap(({ code, name }) => [code, name]);
  return { kind: "unknown", nearest: suggest(word, known) };
}
