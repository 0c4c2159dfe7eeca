// Diagnostics as people read them, with the options of Python.

import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { readable } from "../cli/print-diagnostics.ts";
import { inPython } from "./plain.ts";

export interface DiagnosticTexts {
  readonly text: string;
  /** With the colours of a terminal. */
  readonly colored: string;
}

export function textsOf(diagnostics: readonly Diagnostic[]): DiagnosticTexts {
  const all = diagnostics.map(inPython);
  return { text: readable(all, false), colored: readable(all, true) };
}
