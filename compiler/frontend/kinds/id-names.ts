// Names of ids: their raw values from the vocabularies.

import { type Feature, FIRST_ID, type Fitted, UNKNOWN_ID } from "../model/model.ts";
import { idKindOf, kindOf, learnedOf } from "./registry.ts";

export function idName(feature: Feature, fitted: Fitted, id: number): string {
  if (id <= UNKNOWN_ID) return "unknown id";
  const definition = kindOf(feature.kind);
  // An id of several raw values has no name.
  if (definition.gives !== "ids" || definition.manyToOne) return `bucket ${id - FIRST_ID}`;
  const { valueAt } = idKindOf(feature);
  const nameless = () => UNKNOWN_ID;
  return String(valueAt(feature.kind, learnedOf(feature, fitted), id - FIRST_ID, 0, nameless));
}
