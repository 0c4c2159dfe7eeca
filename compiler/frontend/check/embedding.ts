// Reads the table clause after a feature's kind: `embed 16`, `embed auto`, `embed(16, freeze, from:
// "vectors.txt")`, and `share other`, which is resolved once all features are known.

import { type Span, textOf } from "../../common/source-file.ts";
import { badEmbed, badOptionValue, unknownOption } from "../../diagnostics/catalog/model.ts";
import {
  autoWithoutSize,
  shareChained,
  shareNotIds,
  shareOtherKind,
  shareUnknown,
  shareWithEmbed,
} from "../../diagnostics/catalog/tables.ts";
import { replacing } from "../../diagnostics/field-words/name-fixes.ts";
import type { Declarations } from "../elaborate/declarations.ts";
import { elementOf } from "../kinds/read-set.ts";
import { hasIds, isSameKind, kindPhrase, knownValues, vocabularyFileOf } from "../kinds/registry.ts";
import type { Feature, FeatureKind, FileReference, TableOptions, WrittenInit } from "../model/model.ts";
import { isBroken, quoteExpression, readWhole, removal, spanOfArgument } from "../syntax/constants.ts";
import type { EmbedClause, Expression, FeatureDeclaration } from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";
import { INITIAL_VALUES, initialValues } from "../values/initial-values.ts";
import {
  isFreeze,
  TABLE_OPTIONS,
  tableOptions,
  VECTOR_FILE,
  type WrittenOptions,
} from "../values/table-options.ts";

export interface Embedding {
  readonly width: number;
  readonly options: TableOptions;
}

/** `auto`: the width follows from the number of values. */
export const AUTO = {
  word: "auto",
  doc: "6·n^¼ for n values, to a multiple of 4 between 4 and 64; for kinds that state n.",
} as const;

const OPTIONS = Object.keys(TABLE_OPTIONS);

/** Reads the embedding of a feature of `kind`; returns null if a mistake was reported. */
export function readEmbedding(
  clause: EmbedClause,
  { name, type }: FeatureDeclaration,
  kind: FeatureKind,
  reporter: Reporter,
): Embedding | null {
  const isAuto = clause.width?.kind === "name" && clause.width.name === AUTO.word;
  const width = isAuto
    ? autoWidth(clause, name.name, kind, type.span, reporter)
    : readWidth(clause, reporter);
  const written = readOptions(clause, reporter);
  const owner = { name: name.name, kind, span: type.span };
  const options = written === null ? null : tableOptions(written, owner, reporter);
  return width === null || options === null ? null : { width, options };
}

/** Reads the width; returns null if a mistake was reported. */
export function readWidth(clause: EmbedClause, reporter: Reporter): number | null {
  const { width: given } = clause;
  if (given !== null && isBroken(given)) return null;
  const width = given === null ? null : readWhole(given, 1, 1_000_000);
  if (width !== null) return width;
  reporter.report(
    badEmbed,
    { got: given === null ? "nothing" : quoteExpression(given) },
    given?.span ?? clause.span,
  );
  return null;
}

/** Returns 6·n^¼ for n values, rounded to a multiple of 4 between 4 and 64. */
export function widthFor(values: number): number {
  return Math.min(64, Math.max(4, 4 * Math.round((6 * Math.sqrt(Math.sqrt(values))) / 4)));
}

function autoWidth(
  clause: EmbedClause,
  name: string,
  kind: FeatureKind,
  span: FeatureDeclaration["type"]["span"],
  reporter: Reporter,
): number | null {
  // A number gets the message that it cannot be embedded at all.
  if (!hasIds(kind)) return 1;
  const values = knownValues({ name, kind }, null);
  if (values !== null) return widthFor(values);
  const file = vocabularyFileOf({ kind });
  reporter.report(autoWithoutSize, { feature: name }, clause.width!.span, {
    related: [
      at(
        span,
        `the number of its values is only known from ${file === null ? "the training rows" : "the file"}`,
      ),
    ],
  });
  return null;
}

function readOptions(clause: EmbedClause, reporter: Reporter): WrittenOptions | null {
  let [init, vectors, freeze]: [WrittenInit | null, FileReference | null, Span | null] = [null, null, null];
  let fine = true;
  for (const argument of clause.options) {
    const { value } = argument;
    const option = argument.name?.name ?? (value.kind === "name" ? value.name : null);
    if (isBroken(value)) return null;
    if (isFreeze(argument)) freeze = value.span;
    else if (argument.name !== null && option === "init") {
      init = initialValues(value);
      if (init === null) return badValue("`init`", INITIAL_VALUES, value, reporter);
    } else if (argument.name !== null && option === "from") {
      if (value.kind === "string" && value.value !== "") vectors = { path: value.value, span: value.span };
      else return badValue("`from`", VECTOR_FILE, value, reporter);
    } else {
      const help = unknownOption.helps.embedding();
      const shown = option ?? quoteExpression(value).replaceAll("`", "");
      const hint =
        argument.name === null ? { help } : reporter.didYouMean(argument.name, OPTIONS, help, "option");
      reporter.report(unknownOption, { option: shown, of: "embed" }, spanOfArgument(argument), hint);
      fine = false;
    }
  }
  return fine ? { init, vectors, freeze } : null;
}

function badValue(option: string, expected: string, value: Expression, reporter: Reporter): null {
  reporter.report(badOptionValue, { option, of: "embed", expected, got: quoteExpression(value) }, value.span);
  return null;
}

/** Copies the properties of owners to the features that share them. All features must already be declared. */
export function resolveShares(declarations: Declarations, reporter: Reporter): void {
  for (const feature of [...declarations.features.values()]) {
    const syntax = declarations.featureSyntax.get(feature.name)!;
    if (syntax.share === null || feature.shares === null) continue;
    const owner = ownerFor(feature, syntax, declarations, reporter);
    if (owner === null) declarations.broken.add(feature.name);
    else {
      const { kind, embed, table } = owner;
      declarations.features.set(feature.name, { ...feature, kind, embed, table });
    }
  }
}

function ownerFor(
  feature: Feature,
  syntax: FeatureDeclaration,
  declarations: Declarations,
  reporter: Reporter,
): Feature | null {
  const share = syntax.share!;
  const { name } = share.feature;
  const owner = declarations.features.get(name);
  if (owner === undefined) {
    const names = [...declarations.features.values()]
      .filter((each) => hasIds(each.kind) && each.shares === null)
      .map((each) => each.name);
    if (name === "") return null;
    reporter.report(shareUnknown, { name }, share.feature.span, reporter.didYouMean(share.feature, names));
    return null;
  }
  if (owner.shares !== null) {
    // A cycle is reported as one mistake.
    if (owner.shares === feature.name && owner !== feature && declarations.broken.has(name)) return null;
    const root = declarations.features.get(owner.shares);
    const isRoot = root !== undefined && root.shares === null && root.name !== feature.name;
    reporter.report(
      shareChained,
      { feature: feature.name, name, root: isRoot ? owner.shares : null },
      share.feature.span,
      {
        related:
          owner === feature ? [] : [at(declarations.featureSyntax.get(name)!.share!.span, "shares itself")],
        fixes: isRoot ? [replacing(share.feature.span, owner.shares)] : [],
      },
    );
    return null;
  }
  if (declarations.broken.has(name) || declarations.broken.has(feature.name)) return null;
  const ownerSyntax = declarations.featureSyntax.get(name)!;
  if (!hasIds(owner.kind) || !hasIds(feature.kind)) {
    const isNumber = !hasIds(feature.kind);
    const number = isNumber ? syntax : ownerSyntax;
    const what = kindPhrase(isNumber ? feature.kind : owner.kind);
    reporter.report(shareNotIds, { name: number.name.name, what, isOwn: isNumber }, share.span, {
      related: [at(number.type.span, what)],
      fixes: isNumber ? [{ title: "remove `share`", isGuess: true, edits: [removal(share.span)] }] : [],
    });
    return null;
  }
  if (syntax.embed !== null) {
    reporter.report(shareWithEmbed, { feature: feature.name, name }, syntax.embed.span, {
      related: [at(share.span, "shares vocabulary, width and table"), at(ownerSyntax.span, "defined here")],
      fixes: [{ title: "remove `embed`", isGuess: true, edits: [removal(syntax.embed.span)] }],
    });
    return null;
  }
  // A bare `id` matches any `id(…)` and takes the owner's options. Each feature states for itself what a
  // missing value counts as.
  const { type } = syntax;
  const [own, its] = [elementOf(type), elementOf(ownerSyntax.type)];
  const options = own.arguments.filter(({ name }) => name?.name !== "missing");
  const isBare = options.length === 0 && own.name.name === its.name.name;
  if (isBare || isSameKind(feature.kind, owner.kind)) return owner;
  const kinds = { given: textOf(own.span), kind: textOf(its.span) };
  reporter.report(shareOtherKind, { feature: feature.name, name, ...kinds }, own.span, {
    related: [at(its.span, "the vocabulary it shares"), at(share.span, "shared by this")],
    // A text can only be replaced as a whole.
    fixes: [type, ownerSyntax.type].some(({ name }) => name.name === "text")
      ? []
      : [{ ...replacing(own.span, kinds.kind), isGuess: true }],
  });
  return null;
}
