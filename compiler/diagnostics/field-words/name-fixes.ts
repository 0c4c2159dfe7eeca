// Fixes that replace one name by another.

import { isMisspelling } from "../../../grammar/closest-word.ts";
import type { Span } from "../../common/source-file.ts";
import type { Fix } from "../diagnostic.ts";
import { isFieldWord } from "./field-words.ts";

export function replacing(span: Span, text: string): Fix {
  return { title: `replace with \`${text}\``, edits: [{ span, text }] };
}

/**
 * Replaces an unknown name by the one that is meant. It is a guess, unless the name is certainly a
 * misspelling of it and of nothing else in `known`. A term of the field has a meaning of its own.
 */
export function renaming(span: Span, name: string, meant: string, known: Iterable<string>): Fix {
  const isCertain = !isFieldWord(name) && isMisspelling(name, meant, known);
  return { ...replacing(span, meant), ...(isCertain ? {} : { isGuess: true }) };
}
