// Applies the fixes of diagnostics until nothing is left to fix. Pure: text in, text out. Text that no fix
// touches stays the same.

import { append } from "../common/arrays.ts";
import { type SourceFile, sourceFile } from "../common/source-file.ts";
import type { Diagnostic, Fix } from "./diagnostic.ts";

export interface Fixed {
  readonly file: SourceFile;
  /** The number of applied fixes. */
  readonly count: number;
  /** The diagnostics of the resulting text. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A bound for fixes that undo each other. Mistakes rarely hide others for more than a few rounds. */
const mostRounds = 100;

/**
 * Checks and fixes in turn. If two fixes overlap, the first is applied, and the next round applies the other.
 * Fixes that undo each other or never end are not applied, so that a second call changes nothing.
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

/** Tells whether the fix is the only possible intention, so that it may be applied without asking. */
export function isCertain({ isGuess }: Fix): boolean {
  return isGuess !== true;
}

/** One round: applies the first wanted fix of each diagnostic, unless it touches an earlier one. */
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

/** Replaces a piece of a text. */
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
