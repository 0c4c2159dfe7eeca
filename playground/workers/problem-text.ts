// Describes errors for the page.

import { DiagnosticError, render } from "../../compiler/train/index.ts";

export function textOf(error: unknown): string {
  if (error instanceof DiagnosticError) return render(error.diagnostics, "pretty");
  return error instanceof Error ? error.message : String(error);
}
