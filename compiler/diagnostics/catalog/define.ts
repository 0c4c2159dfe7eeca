// Defines entries of the catalogue: `defineError<{ name: string }>({ code, name, … })`. The type parameter
// names the facts that an occurrence provides. The entry makes message and help from them, so that no
// sentence is written where a mistake is reported.

import type { Wording } from "../../common/option-text.ts";
import type { DiagnosticKind, Help, Severity } from "../diagnostic.ts";

/** The facts about a diagnostic that do not depend on an occurrence. */
export interface CatalogEntry {
  readonly code: string;
  readonly name: string;
  readonly severity: Severity;
  readonly explanation: string;
}

/** An entry with an explicit severity. */
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

type Texts = Readonly<Record<string, (...facts: never[]) => Wording>>;

type Helps<T extends Texts> = { readonly [K in keyof T]: (...facts: Parameters<T[K]>) => Help };

/** Help texts, each made from facts. */
export function helps<T extends Texts>(texts: T): Helps<T> {
  return texts as unknown as Helps<T>;
}

/** An entry with several helps; the reporting code chooses one by name. */
export function withHelps<K, T extends Texts>(kind: K, texts: T): K & { readonly helps: Helps<T> } {
  return { ...kind, helps: helps(texts) };
}
