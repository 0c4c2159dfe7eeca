// Applies the fixes that diagnostics carry, until nothing is left to fix. Pure: text in, text out; what no fix touches
// stays as it is.

import { type SourceFile, sourceFile } from "../source/source-file.ts";
import type { Diagnostic, Fix } from "./diagnostic.ts";

export interface Fixed {
  readonly file: SourceFile;
  /** How many fixes were applied. */
  readonly count: number;
  /** What is wrong with the text as it is now. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Far more than mistakes hide behind one another; a bound, so that fixes that undo each other come to an end. */
const mostRounds = 100;

/** Checks and fixes in turn. Of two fixes that overlap the first is applied, and the next round takes the other. */
export function fixAll(file: SourceFile, check: (file: SourceFile) => readonly Diagnostic[]): Fixed {
  let current: Fixed = { file, count: 0, diagnostics: check(file) };
  const seen = new Set([file.text]);
  for (let round = 0; round < mostRounds; round++) {
    const { text, count } = applyFixes(current.file, current.diagnostics);
    // A text that was there before would come again and again.
    if (count === 0 || seen.has(text)) return current;
    seen.add(text);
    const next = sourceFile(file.path, text);
    current = { file: next, count: current.count + count, diagnostics: check(next) };
  }
  return current;
}

/** One round: the first certain fix of each diagnostic, as far as they do not touch one another. */
export function applyFixes(
  file: SourceFile,
  diagnostics: readonly Diagnostic[],
): { readonly text: string; readonly count: number } {
  const taken: Fix["edits"][number][] = [];
  let count = 0;
  for (const { fixes } of diagnostics) {
    const fix = fixes.find(({ isGuess }) => isGuess !== true);
    if (fix === undefined || fix.edits.some(({ span }) => span.file !== file)) continue;
    const touches = fix.edits.some(({ span }) =>
      taken.some((other) => span.start <= other.span.end && other.span.start <= span.end),
    );
    if (touches) continue;
    taken.push(...fix.edits);
    count++;
  }
  let text = "";
  let end = 0;
  for (const edit of taken.sort((a, b) => a.span.start - b.span.start)) {
    text += file.text.slice(end, edit.span.start) + edit.text;
    end = edit.span.end;
  }
  return { text: text + file.text.slice(end), count };
}
