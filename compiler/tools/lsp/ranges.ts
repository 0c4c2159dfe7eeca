// dinc's places as the language server protocol writes them, and back: lines and characters from 0, in UTF-16 units.

import type { Position, Range } from "vscode-languageserver-types";
import { positionAt, type SourceFile, type Span } from "../../common/source-file.ts";

export function rangeOf({ file, start, end }: Span): Range {
  return { start: positionOf(file, start), end: positionOf(file, end) };
}

export function positionOf(file: SourceFile, offset: number): Position {
  const { line, column } = positionAt(file, offset);
  return { line: line - 1, character: column - 1 };
}

/** Of a position after the end of a line or of the text: that end. */
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

/** Whether an offset lies in a span or at one of its ends, as a cursor does that stands before or after a name. */
export function touches({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset <= end;
}

/**
 * Of `spans`, which do not overlap and stand in the order of the text, the one that an offset touches; of
 * two, the second.
 */
export function spanAt<T extends { readonly span: Span }>(spans: readonly T[], offset: number): T | null {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle]!.span.start <= offset) low = middle + 1;
    else high = middle;
  }
  const last = spans[low - 1];
  if (last !== undefined && touches(last.span, offset)) return last;
  return null;
}
