// Describes errors for the page.

import { isMemoryError } from "../../compiler/common/memory-error.ts";
import { outOfMemory } from "../../compiler/diagnostics/catalog/system.ts";
import { diagnose, noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { DiagnosticError, render } from "../../compiler/train/index.ts";
import type { ShownMistake, TextRange } from "./messages.ts";

export function textOf(error: unknown): string {
  if (error instanceof DiagnosticError) return render(error.diagnostics, "pretty");
  if (isMemoryError(error)) return render([diagnose(outOfMemory, {}, noLocation)], "pretty");
  return error instanceof Error ? error.message : String(error);
}

/** The mistakes of an error that the spec, which is the page's only file, has a place for: of data, the first that reads it. */
export function mistakesOf(error: unknown): readonly ShownMistake[] {
  if (!(error instanceof DiagnosticError)) return [];
  return error.diagnostics.flatMap(({ message, location, related, fixes }) => {
    const at = [location, ...related.map((each) => each.location)].find(({ kind }) => kind === "text");
    if (at?.kind !== "text") return [];
    const shown = fixes.map(({ title, edits }) => ({
      title,
      edits: edits.map(({ span, text }) => ({ place: rangeOf(span), text })),
    }));
    return [{ message, place: rangeOf(at.span), fixes: shown }];
  });
}

function rangeOf({ start, end }: TextRange): TextRange {
  return { start, end };
}
