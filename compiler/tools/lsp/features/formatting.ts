// Formats as `dinc fmt` does: the whole text, the items that a range touches, or the text just typed. Edits
// are minimal, so that cursors and marks keep their positions. Items with syntax errors do not change.

import type { Position, TextEdit } from "vscode-languageserver-types";
import type { IToken } from "../../../../grammar/chevrotain.mjs";
import { lex } from "../../../../grammar/tokens.ts";
import { lineText, type SourceFile, type Span, textOf } from "../../../common/source-file.ts";
import type { Edit } from "../../../diagnostics/apply-fixes.ts";
import { format, formatRange } from "../../fmt/format.ts";
import { offsetOf } from "../ranges.ts";
import type { Snapshot } from "../snapshot.ts";
import { editsTo, toTextEdits } from "../text-edits.ts";

export function formatting(snapshot: Snapshot, path: string): readonly TextEdit[] {
  const file = snapshot.file(path);
  return file === null ? [] : toTextEdits(editsTo(file, format(file).value));
}

export function rangeFormatting(snapshot: Snapshot, path: string, range: Span): readonly TextEdit[] {
  const { file } = range;
  const { text, around } = formatRange(file, range);
  if (snapshot.file(path) !== file || around === null) return [];
  return toTextEdits(
    editsTo(file, text).filter(({ span }) => around.start <= span.end && span.start <= around.end),
  );
}

/** Characters that start formatting as they are typed. */
export const typed = { first: "}", more: ["\n"] } as const;

/** `}` formats the item that it ends; a new line is indented by the open brackets. */
export function onTypeFormatting(
  snapshot: Snapshot,
  path: string,
  position: Position,
  character: string,
): readonly TextEdit[] {
  const file = snapshot.file(path);
  if (file === null) return [];
  const offset = offsetOf(file, position);
  if (character === "\n") return toTextEdits(indented(file, position.line));
  const brace: Span = { file, start: offset - 1, end: offset };
  return textOf(brace) === "}" ? rangeFormatting(snapshot, path, brace) : [];
}

/** Indents the line (counted from 0) at least to its depth; deeper lines continue something and stay. */
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

/**
 * The number of brackets that are open in the line from `start` to `end` and not closed by its first token.
 */
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
