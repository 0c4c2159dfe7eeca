// The model of a spec, for commands that need a correct one.

import { check } from "../check.ts";
import { DiagnosticError } from "../diagnostics/diagnostic.ts";
import type { Model } from "../model/model.ts";
import { printDiagnostics } from "./print-diagnostics.ts";
import type { ReadSpec } from "./read-spec.ts";
import type { Terminal } from "./terminal.ts";

/** Throws DiagnosticError where the spec has errors; warnings are said. */
export function checkedModel({ file, options }: ReadSpec, terminal: Terminal): Model {
  const { value, diagnostics } = check(file, options);
  if (value === null) throw new DiagnosticError(diagnostics);
  printDiagnostics(diagnostics, terminal);
  return value;
}
