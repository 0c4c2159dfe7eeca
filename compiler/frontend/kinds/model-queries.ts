// Queries of a model that depend on its kinds: its tables, the owner of a feature, the features whose ids are
// needed.

import { invariant } from "../../common/internal-error.ts";
import { columnsOf } from "../../middle/metrics/registry.ts";
import {
  type Feature,
  FIRST_ID,
  type Fitted,
  featureNamed,
  type Model,
  ownerOf,
  type TableSpec,
} from "../model/model.ts";
import { hasIds, knownValues, learnedOf, partsOf } from "./registry.ts";

/** The tables that `model` needs, given the fitted values. */
export function tablesOf(model: Model, fitted: Fitted): TableSpec[] {
  return [...model.tables.values()].map((table) => {
    const feature = featureNamed(model, table.feature);
    const known = knownValues(feature, learnedOf(feature, fitted));
    invariant(known !== null, `the values of ${feature.name} are not known`);
    return { ...table, rows: known + FIRST_ID };
  });
}

/** The features by whose values rows are grouped, by metrics or in batches. */
export function groupingFeatures({ train, batchBy }: Pick<Model, "train" | "batchBy">): Set<string> {
  return new Set([...columnsOf(train.metrics), ...(batchBy === null ? [] : [batchBy])]);
}

/** The scope of a feature; for a cross, the scopes of its parts. */
export function scopesOf(
  feature: Feature,
  features: ReadonlyMap<string, Feature>,
): ReadonlySet<Feature["scope"]> {
  const parts = partsOf(feature).map(({ name }) => features.get(name)?.scope ?? feature.scope);
  return new Set(parts.length === 0 ? [feature.scope] : parts);
}

/**
 * Tells whether the ids of a feature are needed: it has a table, the network compares them, a history has them, or a
 * needed cross is made from them.
 */
export function needsIds(model: Model, feature: Feature): boolean {
  const { name, kind, embed } = feature;
  if (!hasIds(kind)) return false;
  const crosses = [...model.features.values()].filter((each) =>
    partsOf(each).some((part) => part.name === name),
  );
  if (crosses.some((cross) => needsIds(model, cross))) return true;
  if (model.compared.has(name)) return true;
  if (embed !== null || [...model.tables.values()].some((table) => table.feature === ownerOf(feature)))
    return true;
  return [...model.histories.values()].some(({ fields }) =>
    fields.some((field) => field.feature.name === name),
  );
}
