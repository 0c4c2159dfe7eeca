// The model of a spec, for commands that need a correct one.

import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import type { Model } from "../../compiler/frontend/model/model.ts";
import type { ReadSpec } from "./read-spec.ts";
import { sayDiagnostics } from "./say-diagnostics.ts";
import type { Terminal } from "./terminal.ts";

/** Throws DiagnosticError where the spec has errors; warnings are said. */
export function checkedModel({ file, options }: ReadSpec, terminal: Terminal): Model {
  const { value, diagnostics } = check(file, options);
  if (value === null) throw new DiagnosticError(diagnostics);
  sayDiagnostics(diagnostics, terminal);
  return value;
}
