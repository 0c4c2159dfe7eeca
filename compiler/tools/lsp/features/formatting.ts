// Formats as `dinc fmt` does: the whole text, the items that a range touches, or what was just typed. Edits are as small as
// they can be, so that cursors and marks stay where they are; items with syntax errors stay as they are.

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

/** What starts formatting while it is typed. */
export const typed = { first: "}", more: ["\n"] } as const;

/** After `}` the item that it ends is formatted; a new line is indented by the brackets that are open. */
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
