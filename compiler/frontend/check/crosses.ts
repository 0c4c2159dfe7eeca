// Resolves the parts of crosses, and checks that a cross is declared in the scope of its parts.

import { textOf } from "../../common/source-file.ts";
import {
  crossOfCross,
  crossOfNumber,
  crossOfUnknown,
  crossScope,
} from "../../diagnostics/catalog/features.ts";
import { crossOfSet } from "../../diagnostics/catalog/sets.ts";
import { replacing } from "../../diagnostics/field-words/name-fixes.ts";
import type { Declarations } from "../elaborate/declarations.ts";
import { hasIds, partsOf } from "../kinds/registry.ts";
import type { DeclaredFeature } from "../model/model.ts";
import type { FeatureScope, Identifier } from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";

/** Scopes by the time at which their values are known, the earliest first. */
const ORDER: readonly FeatureScope[] = ["user", "context", "item", "training"];

/** All features must already be declared, and their shared properties resolved. */
export function resolveCrosses(declarations: Declarations, reporter: Reporter): void {
  for (const feature of declarations.features.values()) {
    if (declarations.broken.has(feature.name)) continue;
    const parts = partsOf(feature).map((part) => partFor(feature, part, declarations, reporter));
    const found = parts.filter((part) => part !== null);
    if (
      found.length < parts.length ||
      (parts.length > 0 && !isInScope(feature, found, declarations, reporter))
    )
      declarations.broken.add(feature.name);
  }
}

function partFor(
  crossing: DeclaredFeature,
  part: Identifier,
  declarations: Declarations,
  reporter: Reporter,
): DeclaredFeature | null {
  const { name } = part;
  const feature = declarations.features.get(name);
  if (feature === undefined) {
    const names = reporter.known(() =>
      [...declarations.features.values()]
        .filter((each) => hasIds(each.kind) && partsOf(each).length === 0)
        .map((each) => each.name),
    );
    if (name !== "") reporter.report(crossOfUnknown, { name }, part.span, reporter.didYouMean(part, names));
    return null;
  }
  const syntax = declarations.featureSyntax.get(name)!;
  if (partsOf(feature).length > 0) {
    const isItself = name === crossing.name;
    const has = partsOf(crossing).map((each) => each.name);
    const parts = partsOf(feature).flatMap((each) => (has.includes(each.name) ? [] : [each.name]));
    reporter.report(crossOfCross, { cross: crossing.name, name }, part.span, {
      related: isItself ? [] : [at(syntax.type.span, "a cross")],
      fixes:
        isItself || parts.length === 0 ? [] : [{ ...replacing(part.span, parts.join(", ")), isGuess: true }],
    });
    return null;
  }
  if (declarations.broken.has(name)) return null;
  if (feature.set !== null) {
    const { kind } = feature.kind;
    const what = kind === "text" ? "a text" : kind === "codes" ? "a vector with codes" : "a set";
    reporter.report(crossOfSet, { name, what }, part.span, {
      related: [at(syntax.type.span, "several values per row")],
    });
    return null;
  }
  if (hasIds(feature.kind)) return feature;
  const last = syntax.transforms.at(-1) ?? syntax.type;
  const text = textOf({ ...syntax.type.span, end: last.span.end });
  reporter.report(crossOfNumber, { name, number: feature.kind.kind === "number" ? text : null }, part.span, {
    related: [at(syntax.type.span, "has no ids")],
  });
  return null;
}

/** A cross is known when the last of its parts is. */
function isInScope(
  feature: DeclaredFeature,
  parts: readonly DeclaredFeature[],
  declarations: Declarations,
  reporter: Reporter,
): boolean {
  const latest = parts.reduce((a, b) => (ORDER.indexOf(b.scope) > ORDER.indexOf(a.scope) ? b : a));
  if (latest.scope === feature.scope) return true;
  const syntax = declarations.featureSyntax.get(feature.name)!;
  const known = {
    user: "with the user",
    context: "with the request",
    item: "for each candidate",
    training: "in training",
  } as const;
  reporter.report(
    crossScope,
    {
      cross: feature.name,
      scope: feature.scope,
      known: known[latest.scope],
      part: latest.name,
      of: latest.scope,
    },
    syntax.name.span,
    {
      related: [
        at(latest.span, `declared as ${latest.scope === "item" ? "an" : "a"} ${latest.scope} feature`),
      ],
    },
  );
  return false;
}
