// Computes the value of a number or string literal, and its spelling mistakes.

import type { Span } from "../../common/source-file.ts";
import * as syntax from "../../diagnostics/catalog/syntax.ts";
import { type Diagnostic, diagnose } from "../../diagnostics/diagnostic.ts";

const numberForm = /^[0-9]+(?:_[0-9]+)*(?:\.[0-9]+(?:_[0-9]+)*)?(?:[eE][+-]?[0-9]+)?$/;

/** The value of `10_000` or `1e-3`; NaN if `numberProblem` reports a mistake. */
export function numberValue(text: string): number {
  return numberForm.test(text) ? Number(text.replaceAll("_", "")) : Number.NaN;
}

export function numberProblem(text: string, span: Span): Diagnostic | null {
  const value = numberValue(text);
  if (Number.isNaN(value)) {
    return diagnose(syntax.malformedNumber, { text: shortened(text), meant: null }, span);
  }
  if (!Number.isFinite(value) || (Number.isInteger(value) && value > Number.MAX_SAFE_INTEGER)) {
    return diagnose(syntax.numberOutOfRange, { text: shortened(text) }, span);
  }
  return null;
}

const escapes = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["\\", "\\"],
  ['"', '"'],
]);

const escapeForm = /\\(?:u\{([0-9A-Fa-f]{1,6})\}|([^\n\r]))/gu;

function unescaped(code: string | undefined, letter: string | undefined): string | null {
  if (letter !== undefined) return escapes.get(letter) ?? null;
  const point = Number.parseInt(code ?? "", 16);
  return point <= 0x10ffff && (point < 0xd800 || point > 0xdfff) ? String.fromCodePoint(point) : null;
}

/** The text of a string literal in quotes; unknown escapes stay as written. */
export function stringValue(literal: string): string {
  return inner(literal).replace(
    escapeForm,
    (whole, code?: string, letter?: string) => unescaped(code, letter) ?? whole,
  );
}

export function escapeProblems(literal: string, span: Span): Diagnostic[] {
  const problems: Diagnostic[] = [];
  for (const match of inner(literal).matchAll(escapeForm)) {
    if (unescaped(match[1], match[2]) !== null) continue;
    const start = span.start + 1 + match.index;
    const place = { file: span.file, start, end: start + match[0].length };
    problems.push(diagnose(syntax.unknownEscape, { text: match[0] }, place));
  }
  return problems;
}

function inner(literal: string): string {
  return literal.length > 1 && literal.endsWith('"') ? literal.slice(1, -1) : literal.slice(1);
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 20)}…` : text;
}
