// What an advice rule is: one object with its catalogue entry, what it looks at, and how it finds it. Registered in
// registry.ts; the catalogue, `dinc explain` and docs/diagnostics.md read it from there.

import type { Spec } from "../ast/nodes.ts";
import type { CatalogEntry } from "../diagnostics/catalog/define.ts";
import type { Details, DiagnosticKind } from "../diagnostics/diagnostic.ts";
import type { Declarations } from "../model/declarations.ts";
import type { Model } from "../model/model.ts";
import type { Reporter } from "../model/reporter.ts";
import type { Span } from "../source/source-file.ts";
import type { Network } from "./network.ts";

/** What rules look at: a model without errors, its text, and the network as a Graph. */
export interface Subject {
  readonly model: Model;
  readonly spec: Spec;
  readonly declarations: Declarations;
  readonly network: Network;
}

/** `P` are the typed parameters of the rule's message. */
export interface RuleDefinition<P> extends Omit<DiagnosticKind<P>, "severity"> {
  readonly examine: (
    subject: Subject,
    advise: (parameters: P, span: Span, details?: Details) => void,
  ) => void;
}

export interface Rule extends CatalogEntry {
  readonly run: (subject: Subject, reporter: Reporter) => void;
}

export function defineRule<P>({ examine, ...entry }: RuleDefinition<P>): Rule {
  const kind: DiagnosticKind<P> = { ...entry, severity: "advice" };
  return {
    ...kind,
    run: (subject, reporter) =>
      examine(subject, (parameters, span, details) => reporter.report(kind, parameters, span, details)),
  };
}
