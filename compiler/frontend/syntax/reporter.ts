// Collects diagnostics. The same mistake met twice (a block checked where it is used, a body unrolled by `fold`)
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
import type { FieldWord, WordPlace } from "../../diagnostics/field-words/define-words.ts";
import { instead, named, wordsFor } from "../../diagnostics/field-words/field-words.ts";
import { renaming, replacing } from "../../diagnostics/field-words/name-fixes.ts";
import type { Identifier } from "./nodes.ts";
import type { SpecNames } from "./spec-names.ts";

/** Each takes as long as there are names, and nobody reads as many. */
const MOST_SUGGESTIONS = 200;

export class Reporter {
  private suggestions = 0;
  private readonly namesOf: (() => SpecNames) | null;
  private names: SpecNames | null = null;
  private readonly found: Diagnostic[] = [];
  private readonly seen = new Set<string>();
  private errorCount = 0;

  /** `namesOf` are those of the spec that is read, asked for where a name is unknown. */
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

  /** The names that an unknown one may have meant; none once that was asked very often. */
  known(names: () => Iterable<string>): readonly string[] {
    return this.suggestions++ < MOST_SUGGESTIONS ? [...names()] : [];
  }

  /**
   * Help and fix for an unknown name: the known one that it is a misspelling of, what the field means by it and how that is
   * said here, the known one that it is most like, or `otherwise`. `place` says where the name stands.
   */
  didYouMean(
    name: Identifier,
    known: readonly string[],
    otherwise?: Help,
    place: WordPlace | null = null,
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

  private renaming(name: Identifier, meant: string, known: readonly string[], place: WordPlace | null): Fix {
    const fix = renaming(name.span, name.name, meant, known);
    if (fix.isGuess === true || this.namesOf === null) return fix;
    this.names ??= this.namesOf();
    // Elsewhere stand words of the language, which no spec declares.
    const isOwn = place === null || place === "function";
    const isDoubtful = this.names.has(name.name) || (isOwn && this.names.mayBeMisspelt(meant));
    return isDoubtful ? { ...fix, isGuess: true } : fix;
  }

  /** How many errors there are so far. */
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
 * What the field has and dinc has not may be declared, or is called otherwise: which of these is meant, the
 * author knows.
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
