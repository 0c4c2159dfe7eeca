// Collects diagnostics. A repeated mistake (in a block checked at each use, or in a body unrolled by `fold`)
// is reported once.

import { suggest } from "../../../grammar/closest-word.ts";
import type { Span } from "../../common/source-file.ts";
import { shared } from "../../diagnostics/catalog/helps.ts";
import {
  type Details,
  type Diagnostic,
  type DiagnosticKind,
  diagnose,
  type Fix,
  type Help,
  inText,
  type Related,
} from "../../diagnostics/diagnostic.ts";
import type { FieldWord, WordContext } from "../../diagnostics/field-words/define-words.ts";
import { instead, named, wordsFor } from "../../diagnostics/field-words/field-words.ts";
import { renaming, replacing } from "../../diagnostics/field-words/name-fixes.ts";
import type { Identifier } from "./nodes.ts";
import type { SpecNames } from "./spec-names.ts";

/** A suggestion takes time in proportion to the names, and nobody reads so many. */
const MOST_SUGGESTIONS = 200;

export class Reporter {
  private suggestions = 0;
  private readonly namesOf: (() => SpecNames) | null;
  private names: SpecNames | null = null;
  private readonly found: Diagnostic[] = [];
  private readonly seen = new Set<string>();
  private errorCount = 0;

  /** `namesOf` returns the names of the spec; it is called for an unknown name. */
  constructor(namesOf: (() => SpecNames) | null = null) {
    this.namesOf = namesOf;
  }

  report<P>(kind: DiagnosticKind<P>, parameters: P, span: Span, details: Details = {}): void {
    if (this.isNew(kind.code, span)) this.add(diagnose(kind, parameters, span, details));
  }

  add(problem: Diagnostic): void {
    this.found.push(problem);
    if (problem.severity === "error") this.errorCount++;
  }

  private isNew(code: string, span: Span): boolean {
    const key = `${code} ${span.file.path} ${span.start} ${span.end}`;
    const { size } = this.seen;
    return this.seen.add(key).size > size;
  }

  /** The candidates for an unknown name; none after very many suggestions. */
  known(names: () => Iterable<string>): readonly string[] {
    return this.suggestions++ < MOST_SUGGESTIONS ? [...names()] : [];
  }

  /**
   * Help and fix for an unknown name. In order: the name that it misspells, dinc's word for a word of the
   * field, the most similar name, or `otherwise`. `place` is the position of the name.
   */
  didYouMean(
    name: Identifier,
    known: readonly string[],
    otherwise?: Help,
    place: WordContext | null = null,
  ): Details {
    const best = suggest(name.name, known);
    const fix = best === null ? null : this.renaming(name, best, known, place);
    if (fix === null || fix.isGuess === true) {
      const words = place === null ? [] : wordsFor(name.name, place);
      const fits = ({ is, write }: FieldWord) =>
        is === undefined || write !== undefined || known.includes(is);
      const word = words.find(fits);
      if (word !== undefined) return sayingInstead(name, word, known);
    }
    if (fix === null) return otherwise === undefined ? {} : { help: otherwise };
    return { help: shared.didYouMean(best!), fixes: [fix] };
  }

  private renaming(
    name: Identifier,
    meant: string,
    known: readonly string[],
    place: WordContext | null,
  ): Fix {
    const fix = renaming(name.span, name.name, meant, known);
    if (fix.isGuess === true || this.namesOf === null) return fix;
    this.names ??= this.namesOf();
    // Other positions have words of the language, which no spec declares.
    const isOwn = place === null || place === "function";
    const isDoubtful = this.names.has(name.name) || (isOwn && this.names.mayBeMisspelt(meant));
    return isDoubtful ? { ...fix, isGuess: true } : fix;
  }

  /** The number of errors so far. */
  get errors(): number {
    return this.errorCount;
  }

  diagnostics(): readonly Diagnostic[] {
    return this.found;
  }
}

export function at(span: Span, label: string): Related {
  return { location: inText(span), label };
}

/**
 * A word of the field that dinc lacks may be missing a declaration, or have another name: only the author
 * knows which.
 */
function sayingInstead(name: Identifier, word: FieldWord, known: readonly string[]): Details {
  const { file } = name.span;
  const end = { file, start: file.text.length, end: file.text.length };
  const help = shared.fieldWord(instead(word, name.name));
  if (word.block !== undefined) {
    const title = `declare \`${name.name}\` as a block`;
    const edits = [{ span: end, text: `\n${named(word.block, name.name)}\n` }];
    return { help, fixes: [{ title, isGuess: true, edits }] };
  }
  if (word.is === undefined || !known.includes(word.is)) return { help };
  return { help, fixes: [{ ...replacing(name.span, word.is), isGuess: true }] };
}
