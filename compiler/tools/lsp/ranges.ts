// Converts dinc's locations to those of the language server protocol and back: lines and characters from 0,
// in UTF-16 units.

import type { Position, Range } from "vscode-languageserver-types";
import { firstIndex } from "../../common/arrays.ts";
import { positionAt, type SourceFile, type Span } from "../../common/source-file.ts";

export function rangeOf({ file, start, end }: Span): Range {
  return { start: positionOf(file, start), end: positionOf(file, end) };
}

export function positionOf(file: SourceFile, offset: number): Position {
  const { line, column } = positionAt(file, offset);
  return { line: line - 1, character: column - 1 };
}

/** A position after the end of a line or of the text becomes that end. */
export function offsetOf({ text, lineStarts }: SourceFile, { line, character }: Position): number {
  const start = lineStarts[line];
  if (start === undefined) return text.length;
  let end = lineStarts[line + 1] ?? text.length;
  while (end > start && /[\n\r]/.test(text.charAt(end - 1))) end--;
  return Math.min(start + character, end);
}

export function spanOf(file: SourceFile, range: Range): Span {
  return { file, start: offsetOf(file, range.start), end: offsetOf(file, range.end) };
}

/**
 * Tells whether an offset is in a span or at one of its ends, like a cursor directly before or after a name.
 */
export function touches({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset <= end;
}

/**
 * The span that an offset touches; if it touches two, the second. `spans` do not overlap and are in the order
 * of the text.
 */
export function spanAt<T extends { readonly span: Span }>(spans: readonly T[], offset: number): T | null {
  const last = spans[firstIndex(spans.length, (i) => spans[i]!.span.start > offset) - 1];
  if (last !== undefined && touches(last.span, offset)) return last;
  return null;
}
