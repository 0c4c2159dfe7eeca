// Reads `features` items: what a kind, its transforms and its embedding are together.

import type { EmbedClause, FeatureDeclaration, FeaturesItem } from "../ast/nodes.ts";
import { badEmbed, embedOnNumber, transformOnIds } from "../diagnostics/catalog/model.ts";
import { isTransform, readKind, readTransforms } from "../kinds/read-kind.ts";
import { hasIds } from "../kinds/registry.ts";
import { isBroken, readWhole, removal, written } from "./constants.ts";
import type { Declarations } from "./declarations.ts";
import type { FeatureKind } from "./model.ts";
import { at, type Reporter } from "./reporter.ts";

export function declareFeatures(item: FeaturesItem, declarations: Declarations, reporter: Reporter): void {
  for (const feature of item.features) declareFeature(item, feature, declarations, reporter);
}

function declareFeature(
  { scope }: FeaturesItem,
  syntax: FeatureDeclaration,
  declarations: Declarations,
  reporter: Reporter,
): void {
  const name = syntax.name.name;
  if (!declarations.owns(syntax.name)) return;
  const read = readKind(syntax.type, reporter);
  const embed = syntax.embed === null ? null : readEmbed(syntax.embed, reporter);
  let fine = read !== null && embed !== "bad";
  let kind: FeatureKind = read ?? { kind: "id", minCount: 1 };
  if (read?.kind === "number") {
    if (syntax.embed !== null && embed !== "bad") {
      reporter.report(embedOnNumber, { feature: name }, syntax.embed.span, {
        related: [at(syntax.type.span, "a number")],
        help: "remove `embed`, or declare it as `int(a..b)` or `enum(…)` if its values are categories",
        fixes: [{ title: "remove `embed`", edits: [removal(syntax.embed.span)] }],
      });
      fine = false;
    }
    const transforms = readTransforms(syntax.transforms, reporter);
    if (transforms === null) fine = false;
    else kind = { kind: "number", transforms };
  } else if (read !== null) {
    for (const transform of syntax.transforms) {
      if (!isTransform(transform.name.name)) readTransforms([transform], reporter);
      else
        reporter.report(transformOnIds, { transform: transform.name.name, feature: name }, transform.span, {
          related: [at(syntax.type.span, "ids")],
          help: `remove it, or declare \`${name} : number\``,
        });
      fine = false;
    }
  }
  if (!fine) declarations.broken.add(name);
  declarations.featureSyntax.set(name, syntax);
  declarations.features.set(name, {
    name,
    scope,
    kind,
    embed: !hasIds(kind) || embed === "bad" ? null : embed,
    doc: syntax.doc,
    span: syntax.name.span,
  });
}

/** The width, or "bad" where it was reported. */
export function readEmbed(embed: EmbedClause, reporter: Reporter): number | "bad" {
  if (isBroken(embed.width)) return "bad";
  const width = readWhole(embed.width, 1, 1_000_000);
  if (width !== null) return width;
  reporter.report(badEmbed, { got: written(embed.width) }, embed.width.span, {
    help: "write the width as a number, like `embed 16`",
  });
  return "bad";
}
