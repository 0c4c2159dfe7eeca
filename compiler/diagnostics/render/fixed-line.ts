// Shows a fix as the resulting line.

import { lineText, positionAt } from "../../common/source-file.ts";
import type { Fix } from "../diagnostic.ts";

/** Longer lines are not shown. */
const longestLine = 2000;

/** The line after the fix, without surrounding white space; null if the fix touches several lines. */
export function fixedLine(fix: Fix): string | null {
  const [first] = fix.edits;
  if (first === undefined) return null;
  const { file } = first.span;
  const { line } = positionAt(file, first.span.start);
  const start = file.lineStarts[line - 1]!;
  let text = lineText(file, line);
  if (text.length > longestLine) return null;
  const edits = [...fix.edits].sort((a, b) => b.span.start - a.span.start);
  for (const edit of edits) {
    const from = edit.span.start - start;
    const to = edit.span.end - start;
    if (edit.span.file !== file || from < 0 || to > text.length || edit.text.includes("\n")) return null;
    text = text.slice(0, from) + edit.text + text.slice(to);
  }
  const shown = text.trim();
  return shown.length > 100 ? null : shown;
}
