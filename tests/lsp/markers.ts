// Texts with marks, for tests of the editor's features: `┆` is the cursor, `«…»` a range. Several files stand after lines
// that name them: `--- blocks.din`.

import type { TextEdit } from "vscode-languageserver-types";
import { type SourceFile, type Span, sourceFile } from "../../compiler/common/source-file.ts";
import { spanOf } from "../../compiler/tools/lsp/ranges.ts";
import { Snapshot } from "../../compiler/tools/lsp/snapshot.ts";

export interface Marked {
  readonly snapshot: Snapshot;
  /** The file that has the cursor, else the first. */
  readonly path: string;
  readonly file: SourceFile;
  /** Of the cursor; -1 where there is none. */
  readonly offset: number;
  /** Of all files, in the order of the text. */
  readonly ranges: readonly Span[];
}

/** A text without a line that names it is `model.din`. */
export function marked(text: string): Marked {
  const files = new Map<string, SourceFile>();
  const ranges: Span[] = [];
  let cursor: { readonly path: string; readonly offset: number } | null = null;
  for (const [path, marks] of partsOf(text)) {
    let plain = "";
    const open: number[] = [];
    const spans: [number, number][] = [];
    for (const sign of marks) {
      if (sign === "┆") cursor = { path, offset: plain.length };
      else if (sign === "«") open.push(plain.length);
      else if (sign === "»") spans.push([open.pop()!, plain.length]);
      else plain += sign;
    }
    const file = sourceFile(path, plain);
    files.set(path, file);
    for (const [start, end] of spans.sort(([a], [b]) => a - b)) ranges.push({ file, start, end });
  }
  const path = cursor?.path ?? [...files.keys()][0]!;
  const snapshot = new Snapshot(files, nothingOnDisk);
  return { snapshot, path, file: files.get(path)!, offset: cursor?.offset ?? -1, ranges };
}

export const nothingOnDisk = {
  read: () => null,
  specs: () => [],
  uriOf: (path: string) => `file:///${path}`,
};

function partsOf(text: string): readonly (readonly [string, string])[] {
  const parts = text.split(/^--- (\S+)\n/m);
  const [first] = parts;
  const named: [string, string][] = first!.trim() === "" ? [] : [["model.din", first!]];
  for (let i = 1; i < parts.length; i += 2) named.push([parts[i]!, parts[i + 1]!]);
  return named;
}

/** Puts the marks back: a text with `«…»` around `spans`, which do not overlap, as a test reads it. */
export function withMarks(
  file: SourceFile,
  spans: readonly { readonly start: number; readonly end: number }[],
): string {
  let text = "";
  let end = 0;
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    text += `${file.text.slice(end, span.start)}«${file.text.slice(span.start, span.end)}»`;
    end = span.end;
  }
  return text + file.text.slice(end);
}

/** What a file's text becomes by edits, which do not overlap. */
export function edited(file: SourceFile, edits: readonly TextEdit[]): string {
  const spans = edits
    .map(({ range, newText }) => ({ ...spanOf(file, range), newText }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  let text = "";
  let end = 0;
  for (const edit of spans) {
    if (edit.start < end) throw new Error(`edits overlap at ${edit.start}`);
    text += file.text.slice(end, edit.start) + edit.newText;
    end = edit.end;
  }
  return text + file.text.slice(end);
}
