// Resolves `from`: features, and own fields of histories, that are computed from the raw values of others.

import {
  sourceComputed,
  sourceMissing,
  sourceScope,
  sourceUnknown,
  sourceValues,
} from "../../diagnostics/catalog/computed.ts";
import { replacing } from "../../diagnostics/field-words/name-fixes.ts";
import type { Declarations } from "../elaborate/declarations.ts";
import { hasIds, hasRawValue, mayBeMissing, partsOf, rawValuePhrase } from "../kinds/registry.ts";
import type { DeclaredFeature, Feature, HistoryField } from "../model/model.ts";
import type { FeatureDeclaration, HistoryItem, Identifier } from "../syntax/nodes.ts";
import { at, type Reporter } from "../syntax/reporter.ts";

/** All features must already be declared, and their shared properties resolved. */
export function resolveSources(declarations: Declarations, reporter: Reporter): void {
  const { features, featureSyntax, broken } = declarations;
  for (const feature of features.values()) {
    const clause = featureSyntax.get(feature.name)!.source;
    if (clause === null || broken.has(feature.name)) continue;
    const source = sourceFor(feature, clause.feature, declarations, reporter);
    if (source === null || !readsSame(feature, source, featureSyntax, reporter)) broken.add(feature.name);
  }
}

function sourceFor(
  feature: DeclaredFeature,
  written: Identifier,
  { features, featureSyntax, broken }: Declarations,
  reporter: Reporter,
): DeclaredFeature | null {
  const { name } = written;
  const source = features.get(name);
  if (source === undefined) {
    const known = reporter.known(() =>
      [...features.values()].filter((each) => each.scope === feature.scope && hasRawValue(each)).map(nameOf),
    );
    const facts = { name, feature: feature.name, history: null };
    if (name !== "") reporter.report(sourceUnknown, facts, written.span, reporter.didYouMean(written, known));
    return null;
  }
  const syntax = featureSyntax.get(name)!;
  if (!hasRawValue(source)) {
    const root =
      source.source !== null && features.get(source.source)?.source === null ? source.source : null;
    reporter.report(sourceComputed, { feature: feature.name, name, root }, written.span, {
      related: source === feature ? [] : [at((syntax.source ?? syntax.type).span, "computed here")],
      fixes: root === null ? [] : [replacing(written.span, root)],
    });
    return null;
  }
  if (broken.has(name)) return null;
  if (source.scope === feature.scope) return source;
  const facts = { feature: feature.name, scope: feature.scope, name, of: source.scope };
  reporter.report(sourceScope, facts, written.span, { related: [at(source.span, "declared here")] });
  return null;
}

/** Reports a feature that reads other values than its source has, or that is missing where its source is not. */
function readsSame(
  feature: Feature,
  source: Feature,
  featureSyntax: Declarations["featureSyntax"],
  reporter: Reporter,
): boolean {
  const [own, its] = [featureSyntax.get(feature.name)!, featureSyntax.get(source.name)!];
  const names = { feature: own.name.name, name: its.name.name };
  // A cross has parts instead of a value.
  const takes = partsOf(feature).length > 0 ? "the ids of its parts" : rawValuePhrase(feature);
  const has = rawValuePhrase(source);
  if (takes !== has) {
    reporter.report(sourceValues, { ...names, takes, has }, own.type.span, {
      related: [at(its.type.span, has), at(own.source!.span, "computed from it")],
    });
    return false;
  }
  const isSourceOptional = mayBeMissing(source);
  if (mayBeMissing(feature) === isSourceOptional) return true;
  const optional = isSourceOptional ? source : feature;
  const option = hasIds(optional.kind) ? "missing: unknown" : "missing: 0";
  reporter.report(sourceMissing, { ...names, isSourceOptional, option }, own.type.span, {
    related: [at(its.type.span, isSourceOptional ? "may be missing" : "may not be missing")],
  });
  return false;
}

/** Gives the own fields of a history that are computed from others the columns of these; null if a mistake was reported. */
export function withSources(
  { name: history, fields: written }: HistoryItem,
  fields: readonly HistoryField[],
  { featureSyntax, features }: Declarations,
  reporter: Reporter,
): readonly HistoryField[] | null {
  let fine = true;
  const computed = (field: HistoryField, { source }: FeatureDeclaration) => {
    const clause = source!.feature;
    const found = fields.find(({ name, feature }) => name === clause.name && feature.scope === "history");
    if (found === undefined) {
      const target = fields.find(({ name }) => name === clause.name)?.feature;
      const known = fields.filter(({ feature }) => feature.scope === "history" && feature !== field.feature);
      const isBroken = written.some((each) => each.kind === "own" && each.name.name === clause.name);
      const facts = { name: clause.name, feature: field.name, history: history.name };
      if (!isBroken && clause.name !== "")
        reporter.report(
          sourceUnknown,
          facts,
          clause.span,
          target !== undefined || features.get(clause.name)?.scope === "item"
            ? { help: sourceUnknown.helps.bound(field.name, target?.name ?? clause.name) }
            : reporter.didYouMean(clause, known.map(nameOf)),
        );
      return null;
    }
    const its = featureSyntax.get(found.feature.name)!;
    if (its.source !== null) {
      const { name: origin } = its.source.feature;
      const root = found !== field && fields.some(({ name }) => name === origin) ? origin : null;
      reporter.report(sourceComputed, { feature: field.name, name: found.name, root }, clause.span, {
        related: found === field ? [] : [at(its.source.span, "computed here")],
        fixes: root === null ? [] : [replacing(clause.span, root)],
      });
      return null;
    }
    return readsSame(field.feature, found.feature, featureSyntax, reporter) ? found : null;
  };
  const resolved = fields.map((field): HistoryField => {
    const syntax = field.feature.scope === "history" ? featureSyntax.get(field.feature.name)! : null;
    if (syntax === null || syntax.source === null) return field;
    const source = computed(field, syntax);
    if (source === null) {
      fine = false;
      return field;
    }
    const feature = { ...field.feature, source: source.feature.name };
    return { ...field, feature, source: source.name, column: source.column };
  });
  return fine ? resolved : null;
}

/** The fields that a history has besides those it writes: features computed from a feature to which it binds one column. */
export function computedFields(
  fields: readonly HistoryField[],
  { features, broken }: Declarations,
): HistoryField[] {
  const names = new Set(fields.map(nameOf));
  return fields.flatMap((field) =>
    field.name !== field.feature.name
      ? []
      : [...features.values()]
          .filter(
            ({ name, source }) => source === field.feature.name && !broken.has(name) && !names.has(name),
          )
          .map((feature) => ({ ...field, name: feature.name, feature, source: field.name })),
  );
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
