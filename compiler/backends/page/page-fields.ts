// The values that the page's reader may change, from a model: the form of each, and values that training has seen.

import { hasRawValue, learnedOf, rawKindOf } from "../../frontend/kinds/registry.ts";
import { type Feature, rawFields, UNKNOWN_ID } from "../../frontend/model/model.ts";
import type { TrainedModel } from "../contract/trained-model.ts";
import type { PageField, PageFieldForm, RankingPageData } from "./page-data.ts";

/** The number of values to choose from. */
const KNOWN = 50;

const NUMBERS: ReadonlySet<Feature["kind"]["kind"]> = new Set(["number", "int", "sized_id", "bins", "time"]);
const VECTORS: ReadonlySet<Feature["kind"]["kind"]> = new Set(["vector", "codes"]);
/** Kinds whose fitted values are texts that a person may know. */
const NAMED: ReadonlySet<Feature["kind"]["kind"]> = new Set(["id", "listed_id", "enum"]);

export function pageFields({
  model,
  fitted,
}: Pick<TrainedModel, "model" | "fitted">): Pick<RankingPageData, "user" | "context" | "item" | "histories"> {
  const of = (scope: Feature["scope"]) =>
    [...model.features.values()]
      .filter((feature) => feature.scope === scope && hasRawValue(feature))
      .map((feature) => fieldOf(feature.name, feature));
  const fieldOf = (name: string, feature: Feature): PageField => ({
    ...{ name, doc: feature.doc, form: formOf(feature), known: knownOf(feature) },
  });
  const knownOf = (feature: Feature): readonly string[] => {
    const { kind } = feature;
    if (!NAMED.has(kind.kind)) return [];
    const [definition, learned] = [rawKindOf(feature), learnedOf(feature, fitted)];
    if (definition.gives !== "ids") return [];
    const count = Math.min(KNOWN, definition.size(kind, learned) ?? 0);
    const valueAt = (i: number) => definition.valueAt(kind, learned, i, 0, () => UNKNOWN_ID);
    return Array.from({ length: count }, (_, i) => String(valueAt(i)));
  };
  return {
    ...{ user: of("user"), context: of("context"), item: of("item") },
    histories: [...model.histories.values()].map((history) => ({
      name: history.name,
      doc: history.doc,
      fields: rawFields(history).map(({ name, feature }) => fieldOf(name, feature)),
    })),
  };
}

function formOf({ kind, set }: Feature): PageFieldForm {
  if (VECTORS.has(kind.kind)) return "numbers";
  const isNumber = NUMBERS.has(kind.kind);
  if (set === null) return isNumber ? "number" : "text";
  if (set.weighted) return "json";
  if (kind.kind === "text") return "text";
  return isNumber ? "numbers" : "texts";
}
