// Fixes that put one name in the place of another.

import { isMisspelling } from "../../../grammar/closest-word.ts";
import type { Span } from "../../common/source-file.ts";
import type { Fix } from "../diagnostic.ts";
import { isFieldWord } from "./field-words.ts";

export function replacing(span: Span, text: string): Fix {
  return { title: `replace with \`${text}\``, edits: [{ span, text }] };
}

/**
 * The name that is meant by one of which nothing is known; a guess unless it is certainly a misspelling of it, and the only
 * one of `known` that it can be. A word that the field has means something else.
 */
export function renaming(span: Span, name: string, meant: string, known: Iterable<string>): Fix {
  const isCertain = !isFieldWord(name) && isMisspelling(name, meant, known);
  return { ...replacing(span, meant), ...(isCertain ? {} : { isGuess: true }) };
}
