// What went wrong, as a page says it.

import { DiagnosticError, render } from "../../compiler/train/index.ts";

export function textOf(error: unknown): string {
  if (error instanceof DiagnosticError) return render(error.diagnostics, "pretty");
  return error instanceof Error ? error.message : String(error);
}
