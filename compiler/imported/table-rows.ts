// The rows of a library's table in the order of dinc's ids: padding is zero, unknown values have the row of values
// outside the library's vocabulary, and so do the values that the library did not know.

import { idKindOf, kindOf, learnedOf } from "../frontend/kinds/registry.ts";
import { serve } from "../frontend/kinds/serve.ts";
import { type Feature, FIRST_ID, type Fitted, UNKNOWN_ID } from "../frontend/model/model.ts";
import type { LibraryVocabulary } from "./libraries/library.ts";

/** A vocabulary that a feature of a spec cannot express, as a clause that completes "the vocabulary of …". */
export class VocabularyError extends Error {
  override readonly name = "VocabularyError";
}

/** The row of the library's table for each id of dinc; −1 is a row of zeros. Throws VocabularyError. */
export function libraryRows(
  feature: Feature,
  fitted: Fitted,
  { rowOf, unknown }: LibraryVocabulary,
  rows: number,
): Int32Array {
  const definition = kindOf(feature.kind);
  if (definition.gives !== "ids" || definition.takes !== "ids")
    throw new VocabularyError("has values, and the feature of the spec has none");
  const space = idKindOf(feature).space(serve, feature.kind, learnedOf(feature, fitted));
  const sources = new Int32Array(rows).fill(unknown ?? -1);
  sources[0] = -1;
  const values = new Map<number, string>();
  for (const [value, row] of rowOf) {
    const id = space.idOf(value);
    if (id < FIRST_ID)
      throw new VocabularyError(
        `has the value "${value}", which the spec's feature ${id === UNKNOWN_ID ? "does not know" : "cannot read"}`,
      );
    const other = values.get(id);
    if (other !== undefined)
      throw new VocabularyError(
        `has a row for each of "${other}" and "${value}", which have one id in the spec`,
      );
    values.set(id, value);
    sources[id] = row;
  }
  return sources;
}

/** Copies the rows of a table. Throws VocabularyError if one of them is not in it. */
export function gatheredRows(values: Float32Array, width: number, sources: Int32Array): Float32Array {
  const rows = values.length / width;
  const gathered = new Float32Array(sources.length * width);
  for (const [id, row] of sources.entries()) {
    if (row >= rows) throw new VocabularyError(`has the row ${row}, and its table has ${rows} rows`);
    if (row >= 0) gathered.set(values.subarray(row * width, (row + 1) * width), id * width);
  }
  return gathered;
}
