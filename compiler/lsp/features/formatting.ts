// Formats as `dinc fmt` does: the whole text, the items that a range touches, or what was just typed. Edits are as small as
// they can be, so that cursors and marks stay where they are; items with syntax errors stay as they are.

import type { Position, TextEdit } from "vscode-languageserver-types";
import type { IToken } from "../../../grammar/chevrotain.mjs";
import { lex } from "../../../grammar/tokens.ts";
import { format, formatRange } from "../../fmt/format.ts";
import { changedLines } from "../../source/changed-lines.ts";
import { lineText, type SourceFile, type Span, textOf } from "../../source/source-file.ts";
import { offsetOf, rangeOf } from "../ranges.ts";
import type { Snapshot } from "../snapshot.ts";

export function formatting(snapshot: Snapshot, path: string): readonly TextEdit[] {
  const file = snapshot.file(path);
  return file === null ? [] : shown(editsTo(file, format(file).value));
}

export function rangeFormatting(snapshot: Snapshot, path: string, range: Span): readonly TextEdit[] {
  const { file } = range;
  const { text, around } = formatRange(file, range);
  if (snapshot.file(path) !== file || around === null) return [];
  return shown(
    editsTo(file, text).filter(({ span }) => around.start <= span.end && span.start <= around.end),
  );
}

/** What starts formatting while it is typed. */
export const typed = { first: "}", more: ["\n"] } as const;

/** Behind `}` the item that it ends is formatted; a new line is indented by the brackets that are open. */
export function onTypeFormatting(
  snapshot: Snapshot,
  path: string,
  position: Position,
  character: string,
): readonly TextEdit[] {
  const file = snapshot.file(path);
  if (file === null) return [];
  const offset = offsetOf(file, position);
  if (character === "\n") return shown(indented(file, position.line));
  const brace: Span = { file, start: offset - 1, end: offset };
  return textOf(brace) === "}" ? rangeFormatting(snapshot, path, brace) : [];
}

interface Edit {
  readonly span: Span;
  readonly text: string;
}

function shown(edits: readonly Edit[]): readonly TextEdit[] {
  return edits.map(({ span, text }) => ({ range: rangeOf(span), newText: text }));
}

/** How far in the line (from 0) is at least; what is further in goes on with something. */
function indented(file: SourceFile, line: number): readonly Edit[] {
  const start = file.lineStarts[line];
  if (start === undefined) return [];
  const content = lineText(file, line + 1);
  const depth = depthAt(lex(file.text).tokens, start, start + content.length);
  const [blanks] = /^[ \t]*/.exec(content)!;
  const wanted = " ".repeat(2 * depth);
  const isEnough = blanks.length >= wanted.length && !blanks.includes("\t");
  return isEnough ? [] : [{ span: { file, start, end: start + blanks.length }, text: wanted }];
}

/** Of the line from `start` to `end`: brackets that are open there and not closed by its first token. */
function depthAt(tokens: readonly IToken[], start: number, end: number): number {
  let depth = 0;
  for (const { image, startOffset } of tokens) {
    const isClosing = image === "}" || image === ")" || image === "]";
    if (startOffset >= start) return isClosing && startOffset < end ? Math.max(0, depth - 1) : depth;
    if (image === "{" || image === "(" || image === "[") depth++;
    else if (isClosing) depth = Math.max(0, depth - 1);
  }
  return depth;
}

/** What turns the text of a file into another, which has line feeds: line by line, and within lines what differs. */
function editsTo(file: SourceFile, text: string): readonly Edit[] {
  if (text === file.text) return [];
  const lineBreak = /\r\n|\n|\r/.exec(file.text)?.[0] ?? "\n";
  const edits: Edit[] = [];
  // Lines from 0 of the file that stand before what is looked at, and what has come and gone since they were equal.
  let line = 0;
  let gone = 0;
  let come: string[] = [];
  const flush = () => {
    edits.push(...replacing(file, line, gone, come, lineBreak));
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

/** `gone` lines from `line` on become `come`. */
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
  // Whole lines with the line break behind them; at the end of the text with the one before them.
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

/** Without what is the same at its beginning and end. */
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
    // Neither a line break nor a character of two units is taken apart.
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
