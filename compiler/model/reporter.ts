// Collects what is wrong. The same mistake met twice (a block checked where it is used, a body unrolled by `fold`)
// is reported once.

import type { Identifier } from "../ast/nodes.ts";
import {
  type Details,
  type Diagnostic,
  type DiagnosticKind,
  diagnose,
  type Fix,
  inText,
  type Related,
} from "../diagnostics/diagnostic.ts";
import { suggest } from "../diagnostics/suggest.ts";
import type { Span } from "../source/source-file.ts";

/** Each takes as long as there are names, and nobody reads as many. */
const MOST_SUGGESTIONS = 200;

export class Reporter {
  private suggestions = 0;
  private readonly found: Diagnostic[] = [];
  private readonly seen = new Set<string>();
  private errorCount = 0;

  report<P>(kind: DiagnosticKind<P>, parameters: P, span: Span, details: Details = {}): void {
    const key = `${kind.code} ${span.file.path} ${span.start} ${span.end}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.found.push(diagnose(kind, parameters, span, details));
    if (kind.severity === "error") this.errorCount++;
  }

  /** The names that an unknown one may have meant; none once that was asked very often. */
  known(names: () => Iterable<string>): readonly string[] {
    return this.suggestions++ < MOST_SUGGESTIONS ? [...names()] : [];
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
  return { place: inText(span), label };
}

/** Help and fix for an unknown name: the known one it is most like, or `otherwise`. */
export function didYouMean(name: Identifier, known: Iterable<string>, otherwise?: string): Details {
  const best = suggest(name.name, known);
  if (best === null) return otherwise === undefined ? {} : { help: otherwise };
  return {
    help: `did you mean \`${best}\`?`,
    fixes: [replacing(name.span, best)],
  };
}

export function replacing(span: Span, text: string): Fix {
  return { title: `replace by \`${text}\``, edits: [{ span, text }] };
}
