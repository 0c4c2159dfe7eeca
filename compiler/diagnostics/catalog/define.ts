// How entries of the catalogue are written: `defineError<{ name: string }>({ code, name, … })`. The type parameter
// makes a wrong or missing message parameter a compile error.

import type { DiagnosticKind, Severity } from "../diagnostic.ts";

/** What is known of a diagnostic without an occurrence of it. */
export interface CatalogEntry {
  readonly code: string;
  readonly name: string;
  readonly severity: Severity;
  readonly explanation: string;
}

/** An entry whose severity is written out. */
export function defineKind<P>(kind: DiagnosticKind<P>): DiagnosticKind<P> {
  return kind;
}

export function defineError<P>(kind: Omit<DiagnosticKind<P>, "severity">): DiagnosticKind<P> {
  return { ...kind, severity: "error" };
}

export function defineWarning<P>(kind: Omit<DiagnosticKind<P>, "severity">): DiagnosticKind<P> {
  return { ...kind, severity: "warning" };
}

export function defineAdvice<P>(kind: Omit<DiagnosticKind<P>, "severity">): DiagnosticKind<P> {
  return { ...kind, severity: "advice" };
}
