// Reads a kind and its transforms from their syntax, by the registry.

import { textOf } from "../../common/source-file.ts";
import { shared } from "../../diagnostics/catalog/helps.ts";
import { duplicateTransform, unknownKind, unknownTransform } from "../../diagnostics/catalog/model.ts";
import { afterBuckets, negativeForLog1p, optionsExclude } from "../../diagnostics/catalog/values.ts";
import type { Fix } from "../../diagnostics/diagnostic.ts";
import { replacing } from "../../diagnostics/field-words/name-fixes.ts";
import type { Binning, FeatureKind, NumberTransform } from "../model/model.ts";
import { spanOfArgument, withoutElement } from "../syntax/constants.ts";
import type { KindReference } from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import { codesTransform } from "./codes.kind.ts";
import type { KindDefinition } from "./define-kind.ts";
import type { NumberInterval } from "./define-transform.ts";
import { rejectOptions } from "./options.ts";
import { set } from "./read-set.ts";
import { allKinds } from "./registry.ts";
import { allBinnings, allTransforms, transformOf } from "./transforms.ts";

const keywords = [...new Set(allKinds.flatMap(({ keyword }) => keyword ?? [])), set.keyword];
const pipeKeywords: readonly string[] = [...allTransforms, ...allBinnings, codesTransform].map(
  ({ keyword }) => keyword,
);

/** The kind that a reference names, or null if a mistake in it was reported. */
export function readKind(reference: KindReference, reporter: Reporter): FeatureKind | null {
  const { name } = reference;
  const definitions = allKinds.filter(({ keyword }) => keyword === name.name);
  if (definitions.length > 0)
    return chosen(reference, definitions, reporter)?.read(reference, reporter) ?? null;
  if (name.name !== "")
    reporter.report(
      unknownKind,
      { what: "feature kind", name: name.name },
      name.span,
      reporter.didYouMean(name, keywords, shared.available(keywords), "kind"),
    );
  return null;
}

/** The definition with all given options, among those that share a keyword. */
function chosen(
  reference: KindReference,
  definitions: readonly KindDefinition<FeatureKind>[],
  reporter: Reporter,
): KindDefinition<FeatureKind> | null {
  if (definitions.length === 1) return definitions[0]!;
  const options = definitions.flatMap((definition) => definition.options);
  if (!rejectOptions(reference, options, reporter)) return null;
  const given = reference.arguments;
  const having = (names: readonly string[]) =>
    definitions.find((definition) => names.every((name) => definition.options.includes(name)));
  const found = having(given.map((argument) => argument.name!.name));
  if (found !== undefined) return found;
  for (const [i, second] of given.entries())
    for (const first of given.slice(0, i)) {
      const names = [first.name!.name, second.name!.name] as const;
      if (having(names) !== undefined) continue;
      const parameters = { first: names[0], second: names[1], of: reference.name.name };
      reporter.report(optionsExclude, parameters, spanOfArgument(second), {
        related: [at(spanOfArgument(first), "already determines the ids")],
        fixes: withoutElement(spanOfArgument(second)),
      });
    }
  return null;
}

export function isTransform(name: string): boolean {
  return pipeKeywords.includes(name);
}

/** The transforms after a number. */
export interface Pipe {
  /** In the order in which they are applied. */
  readonly transforms: readonly NumberTransform[];
  readonly binning: Binning | null;
}

/** `|> embed(16)` is written `embed 16`. */
function embedFixes({ arguments: given, span }: KindReference): readonly Fix[] {
  const [width, more] = given;
  const start = span.file.text.lastIndexOf("|>", span.start);
  if (width?.value.kind !== "number" || more !== undefined || start < 0) return [];
  return [replacing({ ...span, start }, `embed ${textOf(width.value.span)}`)];
}

/** Null if a mistake was reported. */
export function readPipe(references: readonly KindReference[], reporter: Reporter): Pipe | null {
  const transforms: NumberTransform[] = [];
  let binning: { readonly read: Binning; readonly reference: KindReference } | null = null;
  let fine = true;
  for (const [i, reference] of references.entries()) {
    const { name } = reference;
    const first = references.slice(0, i).find((other) => other.name.name === name.name);
    const transform = allTransforms.find(({ keyword }) => keyword === name.name);
    const buckets = allBinnings.find(({ keyword }) => keyword === name.name);
    let read: NumberTransform | Binning | null = null;
    if (name.name === "embed")
      reporter.report(unknownTransform, { name: name.name }, name.span, {
        help: unknownTransform.helps.embed(),
        fixes: embedFixes(reference),
      });
    else if (name.name === "count")
      reporter.report(unknownTransform, { name: name.name }, name.span, {
        help: unknownTransform.helps.count(),
      });
    else if (transform === undefined && buckets === undefined)
      reporter.report(
        unknownTransform,
        { name: name.name },
        name.span,
        reporter.didYouMean(name, pipeKeywords, shared.available(pipeKeywords), "transform"),
      );
    else if (first !== undefined)
      reporter.report(duplicateTransform, { transform: name.name }, reference.span, {
        related: [at(first.span, "already applied here")],
      });
    else if (binning !== null)
      reporter.report(
        afterBuckets,
        {
          transform: name.name,
          buckets: binning.reference.name.name,
          isOfNumbers: transform !== undefined,
        },
        reference.span,
        {
          related: [at(binning.reference.span, "ids from this point on")],
        },
      );
    else if (transform !== undefined) {
      read = transform.read(reference, reporter);
      if (read !== null) transforms.push(read);
    } else if (buckets !== undefined) {
      read = buckets.read(reference, reporter);
      if (read !== null) binning = { read, reference };
    }
    if (read === null) fine = false;
  }
  if (!fine || !logarithmsFit(transforms, references, reporter)) return null;
  return { transforms, binning: binning?.read ?? null };
}

/**
 * Reports a `log1p` of numbers that are negative for any training rows. The raw numbers are checked in the
 * data.
 */
function logarithmsFit(
  transforms: readonly NumberTransform[],
  references: readonly KindReference[],
  reporter: Reporter,
): boolean {
  let range: NumberInterval = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  let learned = false;
  for (const [i, transform] of transforms.entries()) {
    if (transform.kind === "log1p" && learned && range[0] < 0) {
      const before = references[i - 1]!;
      reporter.report(negativeForLog1p, { before: before.name.name }, references[i]!.span, {
        related: [at(before.span, "gives negative numbers")],
        fixes: [
          {
            title: "take the logarithm first",
            isGuess: true,
            edits: [
              { span: before.span, text: textOf(references[i]!.span) },
              { span: references[i]!.span, text: textOf(before.span) },
            ],
          },
        ],
      });
      return false;
    }
    const definition = transformOf(transform);
    range = definition.range(transform, range);
    learned ||= definition.learn !== null;
  }
  return true;
}
