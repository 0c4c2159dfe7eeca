// Finds advice: what an experienced reviewer would ask about a valid model. Mistakes are left to `dinc
// check`, and nothing is reported twice.

import type { SourceFile } from "../../common/source-file.ts";
import type { CatalogEntry } from "../../diagnostics/catalog/define.ts";
import { type Diagnostic, hasErrors, inText } from "../../diagnostics/diagnostic.ts";
import { inOrder } from "../../diagnostics/order.ts";
import { type Analysis, analyse, type CheckOptions, check } from "../../frontend/check/check.ts";
import { at, Reporter } from "../../frontend/syntax/reporter.ts";
import { suppress } from "../../frontend/syntax/suppressions.ts";
import { Network } from "./network.ts";
import { rules } from "./registry.ts";

/**
 * The output of `dinc lint` for a text: everything that `check` reports, and the advice on its model. Unless
 * one variant is chosen, it includes the advice on every variant; equal advice is reported once.
 */
export function lint(file: SourceFile, options: CheckOptions = {}): readonly Diagnostic[] {
  const analysis = analyse(file, options);
  const { diagnostics, variants, files } = analysis;
  const advice = [...adviceOn(analysis)];
  if (options.variant === undefined && !hasErrors(diagnostics)) {
    const said = new Set(advice.map(locationOf));
    for (const { name } of variants) {
      const wanted = { ...options, variant: { name: name.name, location: inText(name.span) } };
      for (const each of adviceOn(analyse(file, wanted))) {
        if (said.has(locationOf(each))) continue;
        said.add(locationOf(each));
        const related = [...each.related, at(name.span, `in the variant \`${name.name}\``)];
        advice.push({ ...each, related });
      }
    }
  }
  return inOrder([...diagnostics, ...withoutIgnored(advice, files)]);
}

function adviceOn({ value: model, spec, declarations }: Analysis): readonly Diagnostic[] {
  if (model === null) return [];
  const reporter = new Reporter();
  const subject = { model, spec, declarations, network: new Network(model) };
  for (const rule of rules) rule.run(subject, reporter);
  return reporter.diagnostics();
}

function withoutIgnored(advice: readonly Diagnostic[], files: readonly SourceFile[]): readonly Diagnostic[] {
  return files.reduceRight<readonly Diagnostic[]>(
    (left, file) => suppress(file, left, ({ severity }) => severity === "advice"),
    inOrder(advice),
  );
}

function locationOf({ code, location }: Diagnostic): string {
  if (location.kind !== "text") return code;
  return `${code} ${location.span.file.path} ${location.span.start} ${location.span.end}`;
}

/** The function that can report `entry`: `dinc lint` for advice, otherwise `dinc check`. */
export function examinerOf(
  { severity }: CatalogEntry,
  options: CheckOptions = {},
): (file: SourceFile) => readonly Diagnostic[] {
  return (file) => (severity === "advice" ? lint(file, options) : check(file, options).diagnostics);
}
