// Applies the fixes that diagnostics carry, until nothing is left to fix. Pure: text in, text out; what no fix touches
// stays as it is.

import { append } from "../common/arrays.ts";
import { type SourceFile, sourceFile } from "../common/source-file.ts";
import type { Diagnostic, Fix } from "./diagnostic.ts";

export interface Fixed {
  readonly file: SourceFile;
  /** How many fixes were applied. */
  readonly count: number;
  /** What is wrong with the text as it is now. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Far more than mistakes hide behind one another. */
const mostRounds = 100;

/**
 * Checks and fixes in turn. Of two fixes that overlap the first is applied, and the next round takes the other. Fixes
 * that undo each other or never end are not applied, so that doing all this again changes nothing.
 */
export function fixAll(
  file: SourceFile,
  check: (file: SourceFile) => readonly Diagnostic[],
  isWanted: (fix: Fix) => boolean = isCertain,
): Fixed {
  const states: [Fixed, ...Fixed[]] = [{ file, count: 0, diagnostics: check(file) }];
  while (states.length <= mostRounds) {
    const last = states.at(-1)!;
    const { text, count } = applyFixes(last.file, last.diagnostics, isWanted);
    if (count === 0) return last;
    const before = states.find((state) => state.file.text === text);
    if (before !== undefined) return before;
    const next = sourceFile(file.path, text);
    states.push({ file: next, count: last.count + count, diagnostics: check(next) });
  }
  return states[0];
}

/** Whether nothing else can have been meant, so that it may be applied unasked. */
export function isCertain({ isGuess }: Fix): boolean {
  return isGuess !== true;
}

/** One round: the first wanted fix of each diagnostic, as far as they do not touch one another. */
export function applyFixes(
  file: SourceFile,
  diagnostics: readonly Diagnostic[],
  isWanted: (fix: Fix) => boolean = isCertain,
): { readonly text: string; readonly count: number } {
  const taken: Edit[] = [];
  let count = 0;
  for (const { fixes } of diagnostics) {
    const fix = fixes.find(isWanted);
    if (fix === undefined || fix.edits.some(({ span }) => span.file !== file)) continue;
    const touches = fix.edits.some(({ span }) =>
      taken.some((other) => span.start <= other.span.end && other.span.start <= span.end),
    );
    if (touches) continue;
    append(taken, fix.edits);
    count++;
  }
  return { text: withEdits(file, taken), count };
}

/** A piece of a text becomes another. */
export type Edit = Fix["edits"][number];

/** The text of `file` with edits that do not overlap. */
export function withEdits(file: SourceFile, edits: readonly Edit[]): string {
  let text = "";
  let end = 0;
  for (const edit of edits.toSorted((a, b) => a.span.start - b.span.start)) {
    text += file.text.slice(end, edit.span.start) + edit.text;
    end = edit.span.end;
  }
  return text + file.text.slice(end);
}
