// What is said where something is refused.

import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";

/** Null where nothing is. */
export async function refusal(work: () => Promise<unknown>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof DiagnosticError) return renderPretty(error.diagnostics);
    throw error;
  }
}
