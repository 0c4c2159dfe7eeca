// Folding ranges: brackets over several lines, statements, imports, and comments.

import { type FoldingRange, FoldingRangeKind } from "vscode-languageserver-types";
import type { IToken } from "../../../../grammar/chevrotain.mjs";
import { endOf } from "../../../../grammar/tokens.ts";
import { lineText, positionAt, type SourceFile } from "../../../common/source-file.ts";
import { itemsOf } from "../../../frontend/syntax/walk.ts";
import type { Snapshot } from "../snapshot.ts";
import { bracketPairs, syntaxOf } from "../syntax.ts";

/** Ordered by line; each line starts at most one range, the longest. */
export function foldingRanges(snapshot: Snapshot, path: string): readonly FoldingRange[] {
  const syntax = syntaxOf(snapshot, path);
  const parsed = snapshot.parsed(path);
  if (syntax === null || parsed === null) return [];
  const { file, lexed } = syntax;
  const lineOf = (offset: number) => positionAt(file, offset).line - 1;
  const found: FoldingRange[] = [];
  const fold = (start: number, end: number, kind?: FoldingRange["kind"]) => {
    if (end > start) found.push({ startLine: start, endLine: end, ...(kind === undefined ? {} : { kind }) });
  };
  for (const [open, close] of bracketPairs(lexed.tokens)) {
    const end = lineOf(close.startOffset);
    // A closing bracket at the start of its line stays visible.
    fold(lineOf(open.startOffset), beginsLine(file, close.startOffset) ? end - 1 : end);
  }
  for (const item of itemsOf(parsed.value)) {
    const statements = item.kind === "net" ? item.statements : item.kind === "block" ? item.body : [];
    for (const { span } of statements) fold(lineOf(span.start), lineOf(span.end));
  }
  for (const run of runsOf(parsed.value.imports, ({ span }) => lineOf(span.start)))
    fold(lineOf(run[0]!.span.start), lineOf(run.at(-1)!.span.start), FoldingRangeKind.Imports);
  for (const comments of [lexed.docs, lexed.comments]) {
    const alone = comments.filter(({ startOffset }) => beginsLine(file, startOffset));
    for (const run of runsOf(alone, ({ startOffset }) => lineOf(startOffset)))
      fold(lineOf(run[0]!.startOffset), lineOf(endOf(run.at(-1)!)), FoldingRangeKind.Comment);
  }
  const sorted = found.sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine);
  return sorted.filter(({ startLine }, i) => startLine !== sorted[i - 1]?.startLine);
}

function beginsLine(file: SourceFile, offset: IToken["startOffset"]): boolean {
  const { line, column } = positionAt(file, offset);
  return (
    lineText(file, line)
      .slice(0, column - 1)
      .trim() === ""
  );
}

/** Groups elements on consecutive lines. */
function runsOf<T>(all: readonly T[], lineOf: (one: T) => number): readonly (readonly T[])[] {
  const runs: T[][] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const one of all) {
    const line = lineOf(one);
    if (line === before + 1) runs.at(-1)!.push(one);
    else runs.push([one]);
    before = line;
  }
  return runs;
}
