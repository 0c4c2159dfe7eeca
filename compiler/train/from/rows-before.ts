// Finds the earlier rows of a feature's current ids, by value, if values have rows of their own. An id never
// gets the row of another value.

import { spaceOf } from "../../frontend/kinds/encoders.ts";
import { idKindOf, isSameKind, kindOf, learnedOf, partsOf } from "../../frontend/kinds/registry.ts";
import { type Feature, FIRST_ID, type Fitted, UNKNOWN_ID } from "../../frontend/model/model.ts";

/** A feature with its fitted values. */
export interface LearnedFeature {
  readonly feature: Feature;
  readonly fitted: Fitted;
}

/** By current row: the earlier row, −1 if there was none; or why no row can be reused, as a clause. */
export type RowsBefore = Int32Array | string;

/** `rows` is the current number of rows of the table. `partsBefore` does the same for a part of a cross. */
export function rowsBefore(
  now: LearnedFeature,
  before: LearnedFeature,
  rows: number,
  partsBefore: (part: string) => RowsBefore | null,
  oldName: (name: string) => string | null,
): RowsBefore {
  const [kind, was] = [kindOf(now.feature.kind), kindOf(before.feature.kind)];
  if (kind.gives === "cross" || was.gives === "cross")
    return crossRows(now.feature, before.feature, rows, partsBefore, oldName);
  const [ids, idsBefore] = [idKindOf(now.feature), idKindOf(before.feature)];
  const hasOwnPlaces = [ids, idsBefore].every(({ takes, manyToOne }) => takes === "ids" && !manyToOne);
  if (hasOwnPlaces) return byValue(now, before, rows);
  const learned = ({ feature, fitted }: LearnedFeature) =>
    JSON.stringify(learnedOf(feature, fitted).transforms);
  if (!isSameKind(now.feature.kind, before.feature.kind))
    return "its ids are computed from values in a different way";
  if (learned(now) !== learned(before))
    return now.feature.kind.kind === "codes"
      ? "its codes have different centroids"
      : "its buckets have different bounds";
  return inPlace(rows);
}

function byValue({ feature, fitted }: LearnedFeature, before: LearnedFeature, rows: number): Int32Array {
  const space = spaceOf(before.feature, before.fitted);
  const own = spaceOf(feature, fitted);
  const { valueAt } = idKindOf(feature);
  const learned = learnedOf(feature, fitted);
  const found = inPlace(rows).fill(-1, FIRST_ID);
  for (let row = FIRST_ID; row < rows; row++) {
    const id = space.idOf(valueAt(feature.kind, learned, row - FIRST_ID, 0, (value) => own.idOf(value)));
    if (id > UNKNOWN_ID) found[row] = id;
  }
  return found;
}

/** Ids of a cross are hashes of its parts' ids: they are the same only if all of these are unchanged. */
function crossRows(
  now: Feature,
  before: Feature,
  rows: number,
  partsBefore: (part: string) => RowsBefore | null,
  oldName: (name: string) => string | null,
): RowsBefore {
  const [parts, were] = [partsOf(now).map(({ name }) => name), partsOf(before).map(({ name }) => name)];
  const isSame =
    now.kind.kind === "cross" &&
    before.kind.kind === "cross" &&
    now.kind.size === before.kind.size &&
    parts.length === were.length &&
    parts.every((part, i) => oldName(part) === were[i]);
  if (!isSame) return "it is a cross of different features, or of a different size";
  for (const part of parts) {
    const found = partsBefore(part);
    if (found === null || typeof found === "string" || hasMoved(found))
      return `ids of \`${part}\`, of which it is made, have other places now`;
  }
  return inPlace(rows);
}

/** Tells whether an earlier id has a different row now. */
export function hasMoved(rows: Int32Array): boolean {
  return rows.some((before, row) => before >= 0 && before !== row);
}

function inPlace(rows: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => row);
}
