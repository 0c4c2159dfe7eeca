// Reads `features` items: each feature's kind, transforms and embedding together.

import { codesNotLast, codesOfOthers } from "../../diagnostics/catalog/codes.ts";
import { embedOnNumber, transformOnIds, unknownOption } from "../../diagnostics/catalog/model.ts";
import { badMissing } from "../../diagnostics/catalog/values.ts";
import type { Declarations } from "../elaborate/declarations.ts";
import { codesTransform, readCodes } from "../kinds/codes.kind.ts";
import { isTransform, readKind, readPipe } from "../kinds/read-kind.ts";
import { mayBeInSet, takeApart } from "../kinds/read-set.ts";
import { hasIds, kindPhrase } from "../kinds/registry.ts";
import type { Feature, FeatureKind } from "../model/model.ts";
import { isBroken, quoteExpression, readNumber, removal, spanOfArgument } from "../syntax/constants.ts";
import type { Argument, FeatureDeclaration, FeaturesItem, KindReference } from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import { defaultTable, NORMAL } from "../values/tables.ts";
import { readEmbedding } from "./embedding.ts";
import { readServed, SERVED } from "./served.ts";

export function declareFeatures(item: FeaturesItem, declarations: Declarations, reporter: Reporter): void {
  const { group } = item;
  for (const feature of item.features) declareFeature(item, feature, declarations, reporter);
  if (group === null || declarations.kindOf(group.name) !== "group") return;
  const names = item.features.filter(({ name }) => declarations.owns(name)).map(({ name }) => name.name);
  const before = declarations.groups.get(group.name);
  declarations.groups.set(group.name, {
    name: group.name,
    features: [...(before?.features ?? []), ...names],
    span: before?.span ?? group.span,
  });
}

function declareFeature(
  { scope }: FeaturesItem,
  syntax: FeatureDeclaration,
  declarations: Declarations,
  reporter: Reporter,
): void {
  const { name } = syntax.name;
  if (!declarations.owns(syntax.name)) return;
  const { feature, isSound } = readFeature(syntax, scope, reporter);
  if (!isSound) declarations.broken.add(name);
  declarations.featureSyntax.set(name, syntax);
  declarations.features.set(name, feature);
}

/** The feature that a declaration describes; `isSound` is false if a mistake in it was reported. */
export function readFeature<Scope extends Feature["scope"]>(
  syntax: FeatureDeclaration,
  scope: Scope,
  reporter: Reporter,
): { readonly feature: Feature & { readonly scope: Scope }; readonly isSound: boolean } {
  const { name } = syntax.name;
  const written = takeApart(syntax.type, name, reporter);
  const { reference: withServed, argument: missing } = without(
    written?.element ?? syntax.type,
    MISSING.option,
  );
  const { reference, argument: given } = without(withServed, SERVED.option);
  let set = written?.set ?? null;
  const read = written === null ? null : readKind(reference, reporter);
  let kind: FeatureKind | null = read;
  if (read !== null && syntax.type.name.name === "set" && !mayBeInSet(read, reference, reporter)) kind = null;
  else if (read?.kind === "number") kind = piped(read, syntax, reporter);
  else if (read?.kind === "vector" && syntax.transforms.some(isCodes)) {
    const coded = codesOf(read, syntax, reporter);
    kind = coded?.kind ?? null;
    set = coded?.set ?? null;
  } else if (read !== null && rejectTransforms(syntax, read, reporter)) kind = null;
  let missingIsUnknown = false;
  if (kind?.kind === "cross" && missing !== null) {
    reporter.report(unknownOption, { option: "missing", of: "cross" }, spanOfArgument(missing), {
      help: unknownOption.helps.missingOfCross(),
    });
    kind = null;
  } else if (kind !== null && missing !== null) {
    const counts = readMissing(missing, name, kind, reporter);
    if (counts === "unknown") missingIsUnknown = true;
    else if (counts !== null && "missing" in kind) kind = { ...kind, missing: counts };
    else kind = null;
  }
  let served: number | null = null;
  if (kind !== null && given !== null) {
    served = readServed(given, { name, scope, kind, isSet: set !== null }, reporter);
    if (served === null) kind = null;
  }
  const number = kind !== null && !hasIds(kind);
  const embedding =
    syntax.embed === null || kind === null ? null : readEmbedding(syntax.embed, syntax, kind, reporter);
  const isBad = syntax.embed !== null && kind !== null && embedding === null;
  if (number && syntax.embed !== null && !isBad) {
    const what = kindPhrase(kind!);
    reporter.report(embedOnNumber, { feature: name, what }, syntax.embed.span, {
      related: [at(syntax.type.span, what)],
      help: embedOnNumber.helps[kind!.kind === "vector" || kind!.kind === "time" ? kind!.kind : "number"](),
      fixes: [{ title: "remove `embed`", isGuess: true, edits: [removal(syntax.embed.span)] }],
    });
    kind = null;
  }
  const feature = {
    name,
    scope,
    kind: kind ?? { kind: "id", minCount: 1 },
    set,
    missingIsUnknown,
    served,
    embed: number ? null : (embedding?.width ?? null),
    table: embedding?.options ?? defaultTable(NORMAL),
    shares: syntax.share?.feature.name ?? null,
    source: syntax.source?.feature.name ?? null,
    doc: syntax.doc,
    span: syntax.name.span,
  };
  return { feature, isSound: kind !== null && !isBad };
}

/** Reads a number with its transforms, or its buckets; returns null if a mistake was reported. */
function piped(
  number: Extract<FeatureKind, { readonly kind: "number" }>,
  syntax: FeatureDeclaration,
  reporter: Reporter,
): FeatureKind | null {
  if (rejectCodes(syntax, "is a number", reporter)) return null;
  const pipe = readPipe(syntax.transforms, reporter);
  if (pipe === null) return null;
  const { transforms, binning } = pipe;
  return binning === null
    ? { ...number, transforms }
    : { kind: "bins", transforms, binning, missing: number.missing };
}

function isCodes({ name }: KindReference): boolean {
  return name.name === codesTransform.keyword;
}

/** Reads a vector with codes; returns null if a mistake was reported. */
function codesOf(
  vector: Extract<FeatureKind, { readonly kind: "vector" }>,
  { transforms }: FeatureDeclaration,
  reporter: Reporter,
): ReturnType<typeof readCodes> {
  const codes = transforms.find(isCodes)!;
  const other = transforms.find((each) => each !== codes);
  if (other === undefined) return readCodes(codes, vector, reporter);
  reporter.report(codesNotLast, { transform: other.name.name }, other.span, {
    related: [at(codes.span, "the codes of the vector")],
  });
  return null;
}

/** Reports `codes` of anything but a vector; returns false if there are none. */
function rejectCodes({ name, transforms }: FeatureDeclaration, what: string, reporter: Reporter): boolean {
  const codes = transforms.find(isCodes);
  if (codes !== undefined) reporter.report(codesOfOthers, { feature: name.name, what }, codes.span);
  return codes !== undefined;
}

/** Reports transforms after a kind that isn't a number; returns false if there are none. */
function rejectTransforms(syntax: FeatureDeclaration, kind: FeatureKind, reporter: Reporter): boolean {
  const feature = syntax.name.name;
  const ids = hasIds(kind);
  if (rejectCodes(syntax, ids ? "has ids" : `is ${kindPhrase(kind)}`, reporter)) return true;
  let isTold = false;
  for (const transform of syntax.transforms) {
    if (!isTransform(transform.name.name)) readPipe([transform], reporter);
    else if (!isTold) {
      reporter.report(
        transformOnIds,
        { transform: transform.name.name, feature, hasIds: ids, what: kindPhrase(kind) },
        transform.span,
        {
          related: [at(syntax.type.span, ids ? "ids" : kindPhrase(kind))],
        },
      );
      isTold = true;
    }
  }
  return syntax.transforms.length > 0;
}

/** The option `missing`, which every kind has except crosses, sets and texts. */
export const MISSING = {
  option: "missing",
  doc: "The substitute for a missing value: `unknown`, which is the id 1, or a number for a numeric feature. Without it, a missing value is an error.",
  unknown: "unknown",
} as const;

/**
 * Removes the options `missing` and `served`, which every kind has and this file reads; the kind reads the
 * others.
 */
function without(
  type: KindReference,
  option: string,
): {
  readonly reference: KindReference;
  readonly argument: Argument | null;
} {
  const argument = type.arguments.find((each) => each.name?.name === option) ?? null;
  return {
    reference: { ...type, arguments: type.arguments.filter((each) => each !== argument) },
    argument,
  };
}

/** Reads what a missing value counts as; returns null if a mistake was reported. */
function readMissing(
  argument: Argument,
  feature: string,
  kind: FeatureKind,
  reporter: Reporter,
): "unknown" | number | null {
  const { value } = argument;
  if (isBroken(value)) return null;
  const number = "missing" in kind ? readNumber(value) : null;
  if (number !== null) return number;
  const ids = hasIds(kind);
  if (!ids && !("missing" in kind)) {
    reporter.report(unknownOption, { option: "missing", of: kind.kind }, spanOfArgument(argument));
    return null;
  }
  if (ids && value.kind === "name" && value.name === MISSING.unknown) return "unknown";
  const expected =
    "missing" in kind ? (ids ? "`unknown` or as a number" : "a number, like `missing: 0`") : "`unknown`";
  reporter.report(badMissing, { got: quoteExpression(value), feature, expected }, spanOfArgument(argument));
  return null;
}
