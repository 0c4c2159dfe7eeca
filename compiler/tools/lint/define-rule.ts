// Defines an advice rule: an entry of diagnostics/catalog/advice.ts, and a function that finds the locations
// to report. `registry.ts` lists all rules.

import type { Span } from "../../common/source-file.ts";
import type { CatalogEntry } from "../../diagnostics/catalog/define.ts";
import type { Details, DiagnosticKind } from "../../diagnostics/diagnostic.ts";
import type { Declarations } from "../../frontend/elaborate/declarations.ts";
import type { Model } from "../../frontend/model/model.ts";
import type { Spec } from "../../frontend/syntax/nodes.ts";
import type { Reporter } from "../../frontend/syntax/reporter.ts";
import type { Network } from "./network.ts";

/** The input of rules: a model without errors, its text, and the network as a Graph. */
export interface LintSubject {
  readonly model: Model;
  readonly spec: Spec;
  readonly declarations: Declarations;
  readonly network: Network;
}

export interface Rule {
  readonly entry: CatalogEntry;
  readonly run: (subject: LintSubject, reporter: Reporter) => void;
}

/** A rule that reports `entry`. */
export function defineRule<P>(
  entry: DiagnosticKind<P>,
  find: (subject: LintSubject, advise: (parameters: P, span: Span, details?: Details) => void) => void,
): Rule {
  return {
    entry,
    run: (subject, reporter) =>
      find(subject, (parameters, span, details) => reporter.report(entry, parameters, span, details)),
  };
}
