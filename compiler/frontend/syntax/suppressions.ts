// `// dinc-ignore CODE: reason`, at the end of a line or alone above it, suppresses a warning or a piece of
// advice on that line. Errors stay. A comment that ignores nothing, or gives no reason, is reported itself.

import type { IToken } from "../../../grammar/chevrotain.mjs";
import { suggest } from "../../../grammar/closest-word.ts";
import { DocComment, endOf, lex } from "../../../grammar/tokens.ts";
import { firstIndex } from "../../common/arrays.ts";
import { positionAt, type SourceFile, type Span } from "../../common/source-file.ts";
import { shared } from "../../diagnostics/catalog/helps.ts";
import { adviceEntries, type CatalogEntry, findEntry, specEntries } from "../../diagnostics/catalog/index.ts";
import * as syntax from "../../diagnostics/catalog/syntax.ts";
import {
  type Details,
  type Diagnostic,
  diagnose,
  type Fix,
  hasErrors,
} from "../../diagnostics/diagnostic.ts";
import { renaming } from "../../diagnostics/field-words/name-fixes.ts";
import { inOrder } from "../../diagnostics/order.ts";

interface Suppression {
  /** The whole comment. */
  readonly span: Span;
  /** The text between `dinc-ignore` and the colon. */
  readonly written: string;
  readonly writtenSpan: Span;
  readonly reason: string;
  /** The lines, from 1, that it applies to: its own, or the next one with the documentation above it. */
  readonly first: number;
  readonly last: number;
}

/** The suppressions that may be unused: those of diagnostics that were checked. */
type LookedFor = (entry: CatalogEntry) => boolean;

/**
 * The remaining `diagnostics`, which are in order, and the mistakes of the suppressions in `file`. `isWhole` tells whether all
 * models of the file were checked: a suppression may be for another one.
 */
export function suppress(
  file: SourceFile,
  diagnostics: readonly Diagnostic[],
  wasLookedFor: LookedFor,
  isWhole = true,
): readonly Diagnostic[] {
  // Hardly any file has one, and finding comments needs the lexer.
  if (!file.text.includes("dinc-ignore")) return diagnostics;
  const suppressed = new Set<Diagnostic>();
  const problems: Diagnostic[] = [];
  const findings = byLine(file, diagnostics);
  // With errors, the checker does not reach every warning.
  const isCut = !isWhole || hasErrors(diagnostics);
  for (const suppression of suppressionsOf(file)) {
    const entry = findEntry(suppression.written);
    if (!wasLookedFor(entry ?? syntax.unknownSuppression)) continue;
    const problem = entry === null ? unknown(suppression) : withoutEffect(suppression, entry);
    if (entry === null || problem !== null) {
      if (problem !== null) problems.push(problem);
      continue;
    }
    const ignored = onLinesOf(suppression, findings).filter((found) => found.code === entry.code);
    for (const found of ignored) suppressed.add(found);
    const parameters = { code: entry.code };
    if (ignored.length === 0 && !isCut)
      problems.push(diagnose(syntax.unusedSuppression, parameters, suppression.span, removing(suppression)));
    else if (suppression.reason === "")
      problems.push(diagnose(syntax.suppressionWithoutReason, parameters, suppression.span, {}));
  }
  return inOrder([...diagnostics.filter((found) => !suppressed.has(found)), ...problems]);
}

function unknown({ written, span, writtenSpan }: Suppression): Diagnostic {
  const known = [...specEntries, ...adviceEntries]
    .filter(({ severity }) => severity !== "error")
    .flatMap(({ code, name }) => [code, name]);
  const best = suggest(written, known);
  const details: Details =
    written === "" || best === null
      ? {}
      : {
          help: shared.didYouMean(best),
          // A code one digit away may be any other; a name is misspelt.
          fixes: [renaming(writtenSpan, written, best, known)],
        };
  return diagnose(syntax.unknownSuppression, { code: written }, written === "" ? span : writtenSpan, details);
}

function withoutEffect(suppression: Suppression, { code, severity }: CatalogEntry): Diagnostic | null {
  if (severity !== "error") return null;
  return diagnose(syntax.suppressedError, { code }, suppression.span, removing(suppression));
}

function removing(suppression: Suppression): Details {
  const { file, start, end } = suppression.span;
  let before = 0;
  while (/[ \t]/.test(file.text.charAt(start - before - 1))) before++;
  const lineStart = file.lineStarts[positionAt(file, start).line - 1]!;
  // Alone on its line, it is removed with its line break.
  const isAlone = start - before === lineStart;
  const lineBreak = isAlone ? /^\r?\n|^\r/.exec(file.text.slice(end, end + 2))?.[0].length : 0;
  const span = { file, start: start - before, end: end + (lineBreak ?? 0) };
  const fix: Fix = { title: "remove the comment", edits: [{ span, text: "" }] };
  return { fixes: [fix] };
}

interface OnLine {
  readonly line: number;
  readonly found: Diagnostic;
}

/** Those of `file`, from top to bottom, as `diagnostics` are. */
function byLine(file: SourceFile, diagnostics: readonly Diagnostic[]): readonly OnLine[] {
  return diagnostics.flatMap((found) =>
    found.location.kind === "text" && found.location.span.file === file
      ? [{ line: positionAt(found.location.span.file, found.location.span.start).line, found }]
      : [],
  );
}

function onLinesOf({ first, last }: Suppression, findings: readonly OnLine[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  const start = firstIndex(findings.length, (i) => findings[i]!.line >= first);
  for (let i = start; i < findings.length && findings[i]!.line <= last; i++) found.push(findings[i]!.found);
  return found;
}

function suppressionsOf(file: SourceFile): Suppression[] {
  const { tokens, docs, comments } = lex(file.text);
  const others = [...tokens, ...docs].sort((a, b) => a.startOffset - b.startOffset);
  const found: Suppression[] = [];
  let next = 0;
  let documented = 0;
  for (const comment of comments) {
    while (next < others.length && others[next]!.startOffset < comment.startOffset) next++;
    const directive = /^\/\/[ \t]*dinc-ignore(?![\w-])[ \t]*/.exec(comment.image);
    if (directive === null) continue;
    const [written = "", ...reason] = comment.image.slice(directive[0].length).split(":");
    const start = comment.startOffset + directive[0].length;
    const previous: IToken | undefined = others[next - 1];
    const { line } = positionAt(file, comment.startOffset);
    const isBehind = previous !== undefined && positionAt(file, endOf(previous)).line === line;
    const lineOf = (token: IToken | undefined) =>
      token === undefined ? line : positionAt(file, token.startOffset).line;
    documented = Math.max(documented, next);
    while (others[documented]?.tokenType === DocComment) documented++;
    found.push({
      span: { file, start: comment.startOffset, end: endOf(comment) },
      written: written.trim(),
      writtenSpan: { file, start, end: start + written.trimEnd().length },
      reason: reason.join(":").trim(),
      first: isBehind ? line : lineOf(others[next]),
      last: isBehind ? line : lineOf(others[documented]),
    });
  }
  return found;
}
