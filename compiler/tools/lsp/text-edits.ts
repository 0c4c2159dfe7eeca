// Edits of a text, and the smallest edits that turn it into another.

import type { TextEdit, WorkspaceEdit } from "vscode-languageserver-types";
import { append } from "../../common/arrays.ts";
import { changedLines } from "../../common/changed-lines.ts";
import { lineText, type SourceFile, textOf } from "../../common/source-file.ts";
import type { Edit } from "../../diagnostics/apply-fixes.ts";
import { rangeOf } from "./ranges.ts";
import type { Snapshot } from "./snapshot.ts";

export function toTextEdits(edits: readonly Edit[]): readonly TextEdit[] {
  return edits.map(({ span, text }) => ({ range: rangeOf(span), newText: text }));
}

/** Edits of any files, grouped by file. */
export function workspaceEdit(snapshot: Snapshot, edits: readonly Edit[]): WorkspaceEdit {
  const changes: Record<string, TextEdit[]> = {};
  for (const { span, text } of edits) {
    const inFile = (changes[snapshot.uriOf(span.file.path)] ??= []);
    inFile.push({ range: rangeOf(span), newText: text });
  }
  return { changes };
}

/** The first line break of the file. */
export function lineBreakOf({ text }: SourceFile): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? "\n";
}

/**
 * Edits that turn the text of a file into another, which has line feeds: line by line, and only the differing
 * part of a line.
 */
export function editsTo(file: SourceFile, text: string): readonly Edit[] {
  if (text === file.text) return [];
  const lineBreak = lineBreakOf(file);
  const edits: Edit[] = [];
  // The current line of the file (from 0), and the lines removed and added since the last equal one.
  let line = 0;
  let gone = 0;
  let come: string[] = [];
  const flush = () => {
    append(edits, replacing(file, line, gone, come, lineBreak));
    line += gone;
    [gone, come] = [0, []];
  };
  const lines = file.lineStarts.map((_, i) => lineText(file, i + 1));
  for (const [sign, content] of changedLines(lines, text.split(/\r\n|\n|\r/))) {
    if (sign === "-") gone++;
    else if (sign === "+") come.push(content);
    else {
      flush();
      line++;
    }
  }
  flush();
  return edits;
}

/** Replaces `gone` lines from `line` on by `come`. */
function replacing(
  file: SourceFile,
  line: number,
  gone: number,
  come: readonly string[],
  lineBreak: string,
): readonly Edit[] {
  const startOf = (each: number) => file.lineStarts[each] ?? file.text.length;
  const endOf = (each: number) => startOf(each) + lineText(file, each + 1).length;
  if (gone === come.length)
    return come.flatMap((text, i) =>
      trimmed({ span: { file, start: startOf(line + i), end: endOf(line + i) }, text }),
    );
  // Whole lines with the line break after them; at the end of the text with the one before them.
  const isLast = line + gone === file.lineStarts.length;
  if (gone > 0 && come.length > 0)
    return trimmed({
      span: { file, start: startOf(line), end: endOf(line + gone - 1) },
      text: come.join(lineBreak),
    });
  if (isLast)
    return trimmed({
      span: { file, start: endOf(line - 1), end: file.text.length },
      text: come.map((each) => lineBreak + each).join(""),
    });
  return trimmed({
    span: { file, start: startOf(line), end: startOf(line + gone) },
    text: come.map((each) => each + lineBreak).join(""),
  });
}

/** The edit without equal text at its beginning and end. */
function trimmed({ span, text }: Edit): readonly Edit[] {
  const { file } = span;
  const before = textOf(span);
  if (before === text) return [];
  let start = 0;
  const shorter = Math.min(before.length, text.length);
  while (start < shorter && before[start] === text[start] && /[ -~]/.test(text[start]!)) start++;
  let end = 0;
  while (
    end < shorter - start &&
    before.at(-1 - end) === text.at(-1 - end) &&
    // Never splits a line break or a surrogate pair.
    /[ -~]/.test(text.at(-1 - end)!)
  )
    end++;
  return [
    {
      span: { file, start: span.start + start, end: span.end - end },
      text: text.slice(start, text.length - end),
    },
  ];
}
