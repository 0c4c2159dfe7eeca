// Checks the `tune` of a spec alone: each range must be valid and have an existing name. The types of its
// values are checked when the search begins, as for ranges of dinc.yaml.

import { suggest } from "../../../grammar/closest-word.ts";
import { UsageError } from "../../common/usage-error.ts";
import { tunedTwice, tuneRange, tuneUnknownName } from "../../diagnostics/catalog/tune.ts";
import { inText } from "../../diagnostics/diagnostic.ts";
import { renaming } from "../../diagnostics/field-words/name-fixes.ts";
import type { Spec, TuneRange } from "../syntax/nodes.ts";
import type { Reporter } from "../syntax/reporter.ts";
import type { ParamOverride } from "./params.ts";
import { rangeOf, trainNames, VARIANT } from "./ranges.ts";

/** `params` are the params of the spec, of its variants and of its imports. */
export function checkTune({ tune }: Spec, params: Iterable<string>, reporter: Reporter): void {
  const known = [...new Set(params), ...trainNames, VARIANT];
  const seen = new Set<string>();
  for (const range of tune.flatMap(({ ranges }) => ranges)) {
    const { name, span } = range.name;
    if (seen.has(name)) reporter.report(tunedTwice, { name }, span);
    seen.add(name);
    if (known.includes(name)) checkRange(range, reporter);
    else {
      const near = suggest(name, known) ?? known.find((each) => each.endsWith(`.${name}`)) ?? null;
      const { helps } = tuneUnknownName;
      reporter.report(tuneUnknownName, { name }, span, {
        help: near === null ? helps.available(known) : helps.didYouMean(near),
        fixes: near === null ? [] : [renaming(span, name, near, known)],
      });
    }
  }
}

function checkRange(range: TuneRange, reporter: Reporter): void {
  if (range.value.kind === "error") return;
  try {
    rangeOf(textOf(range));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    reporter.report(tuneRange, { name: range.name.name, problem: error.message }, range.value.span);
  }
}

/** The ranges in the form of dinc.yaml. */
export function tunedBy({ file, tune }: Spec): ParamOverride[] {
  return tune
    .flatMap(({ ranges }) => ranges)
    .map((range) => ({
      name: range.name.name,
      text: textOf(range),
      nameLocation: inText(range.name.span),
      location: inText(range.value.span),
      by: `\`tune\` of ${file.path}`,
    }));
}

/** The written text, without comments and line breaks. */
function textOf({ value: { span } }: TuneRange): string {
  const { file, start, end } = span;
  return file.text
    .slice(start, end)
    .replaceAll(/\/\/[^\n\r]*/g, "")
    .replaceAll(/\s+/g, " ");
}
