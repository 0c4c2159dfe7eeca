// A text with a name, and locations in it. Offsets are UTF-16 units from 0; lines and columns are from 1.

import { firstIndex } from "./arrays.ts";
export interface SourceFile {
  /** As the user wrote it; messages print it. */
  readonly path: string;
  readonly text: string;
  /** Offset of the first unit of each line. */
  readonly lineStarts: readonly number[];
}

/** A half-open range of a file. */
export interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * A text with its path. Messages show the path, and imports are relative to it. Nothing is read from the
 * disk.
 */
export function sourceFile(path: string, text: string): SourceFile {
  if (typeof text !== "string")
    throw new TypeError(
      `sourceFile takes a path and a text, which is ${text === null ? "null" : typeof text} here`,
    );
  const lineStarts = [0];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 10 || (unit === 13 && text.charCodeAt(i + 1) !== 10)) lineStarts.push(i + 1);
  }
  return { path, text, lineStarts };
}

/** Checks the argument for callers without TypeScript, who may pass a path or nothing. */
export function requireSourceFile(file: unknown, caller: string): void {
  const isFile = typeof file === "object" && file !== null && "text" in file && typeof file.text === "string";
  if (isFile) return;
  const got = typeof file === "string" ? "a string" : file === null ? "null" : typeof file;
  throw new TypeError(
    `${caller} takes a text with its path, not ${got}: ${caller}(sourceFile("model.din", text))`,
  );
}

/** The line and the column of an offset, both from 1; columns are in UTF-16 units. */
export function positionAt(file: SourceFile, offset: number): Position {
  const line = firstIndex(file.lineStarts.length, (i) => file.lineStarts[i]! > offset);
  return { line, column: offset - file.lineStarts[line - 1]! + 1 };
}

/** The text of a line (from 1), without its line break. */
export function lineText(file: SourceFile, line: number): string {
  const start = file.lineStarts[line - 1] ?? file.text.length;
  let end = file.lineStarts[line] ?? file.text.length;
  while (end > start && isLineBreak(file.text.charCodeAt(end - 1))) end--;
  return file.text.slice(start, end);
}

function isLineBreak(unit: number): boolean {
  return unit === 10 || unit === 13;
}

export function textOf(span: Span): string {
  return span.file.text.slice(span.start, span.end);
}

export function spanning(first: Span, last: Span): Span {
  return { file: first.file, start: first.start, end: Math.max(first.end, last.end) };
}

/** Without its folders. */
export function fileNameOf({ path }: SourceFile): string {
  return path.split(/[\\/]/).at(-1)!;
}

/** `model.din:32`, the form of locations in files generated from a spec. */
export function fileAndLine(span: Span): string {
  return `${fileNameOf(span.file)}:${positionAt(span.file, span.start).line}`;
}

/** Text of the spec without its comments and line breaks. */
export function oneLine(span: Span): string {
  return textOf(span)
    .replace(/("(?:[^"\\\n]|\\.)*"?)|\/\/.*$/gm, "$1")
    .replace(/\s+/g, " ")
    .trim();
}
