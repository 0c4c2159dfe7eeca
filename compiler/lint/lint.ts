// Advice about a model that is right: what a reviewer of the field would ask about. `dinc check` says what is wrong;
// nothing is said twice.

import { type Analysis, analyse, type CheckOptions, check } from "../check.ts";
import type { CatalogEntry } from "../diagnostics/catalog/define.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { inOrder } from "../diagnostics/order.ts";
import { Reporter } from "../model/reporter.ts";
import type { SourceFile } from "../source/source-file.ts";
import { suppress } from "../suppressions.ts";
import { Network } from "./network.ts";
import { rules } from "./registry.ts";

/** The advice on a spec, without what its comments ignore, and what is wrong with those comments. None where it has errors. */
export function lint({ value: model, spec, declarations }: Analysis): readonly Diagnostic[] {
  if (model === null) return [];
  const reporter = new Reporter();
  const subject = { model, spec, declarations, network: new Network(model) };
  for (const rule of rules) rule.run(subject, reporter);
  return suppress(spec.file, inOrder(reporter.diagnostics()), ({ severity }) => severity === "advice");
}

/** What `dinc lint` says of a text: everything that `check` says, and the advice. */
export function lintText(file: SourceFile, options: CheckOptions = {}): readonly Diagnostic[] {
  const analysis = analyse(file, options);
  return inOrder([...analysis.diagnostics, ...lint(analysis)]);
}

/** What can say `entry`: `dinc lint` where it is advice, otherwise `dinc check`. */
export function examinerOf(
  { severity }: CatalogEntry,
  options: CheckOptions = {},
): (file: SourceFile) => readonly Diagnostic[] {
  return (file) => (severity === "advice" ? lintText(file, options) : check(file, options).diagnostics);
}
