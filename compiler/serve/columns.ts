// The rows of a request as a list of objects, or as columns: typed arrays of values that were encoded
// earlier. Columns are not trusted: lengths and row indices are checked first, ids and numbers as they are
// read.

import { FIRST_KNOWN_ID, type IdSpace, UNKNOWN_ID } from "./features.ts";
import type { Numbers, NumbersSpace } from "./numbers.ts";
import {
  NO_INDEX,
  pathOf,
  propertyOf,
  RankerInputError,
  readId,
  readList,
  readNumber,
  readVector,
} from "./requests.ts";

/** Rows given as columns, which may have additional rows and columns. */
export interface Columns<C> {
  readonly columns: C;
  /** The number of rows, counted from the first, or the indices of the rows; all rows without it. */
  readonly rows?: number | Int32Array | undefined;
}

/**
 * Sets one after the other: row i has the ids from `offsets[i]` up to, but not including, `offsets[i + 1]`.
 */
export interface SetColumn {
  readonly values: Int32Array;
  readonly offsets: Int32Array;
  /** The weight of each value, if values have weights: of a mean, its share of their sum. */
  readonly weights?: Float32Array;
}

/** A column: ids or numbers, or sets. */
export type EncodedColumn = Int32Array | Float32Array | SetColumn;

export type Records = readonly unknown[] | Columns<object>;

/** The required content of columns: an id per row, the ids of a set, or this number of numbers. */
export type ColumnShape = readonly { readonly name: string; readonly holds: "id" | "set" | number }[];

export function isColumns(records: Records): records is Columns<object> {
  return !Array.isArray(records);
}

/** The number of rows of `field`: a list, or columns of this shape, whose lengths are checked. */
export function countRecords(records: unknown, field: string, shape: ColumnShape): number {
  if (records === undefined || Array.isArray(records)) return readList(records, field).length;
  const columns = propertyOf(records, "columns");
  if (typeof columns !== "object" || columns === null)
    throw new RankerInputError(field, "must be an array, or have columns");
  let rows = -1;
  for (let i = 0; i < shape.length; i++) {
    const { name, holds } = shape[i]!;
    const own = rowsOf(propertyOf(columns, name), holds, field, name);
    if (rows === -1) rows = own;
    else if (own !== rows)
      throw inColumn(field, name, `has ${own} rows, but ${JSON.stringify(shape[0]!.name)} has ${rows}`);
  }
  const meant = propertyOf(records, "rows");
  if (meant === undefined && rows !== -1) return rows;
  if (meant instanceof Int32Array) {
    for (let i = 0; i < meant.length && rows !== -1; i++) {
      const place = meant[i]!;
      if (place < 0 || place >= rows)
        throw new RankerInputError(
          `${field}.rows[${i}]`,
          `is ${place}, but columns have ${rows} rows, from 0`,
        );
    }
    return meant.length;
  }
  if (typeof meant !== "number" || !Number.isSafeInteger(meant) || meant < 0)
    throw new RankerInputError(`${field}.rows`, "must be a whole number from 0 or an Int32Array of places");
  if (meant > rows && rows !== -1)
    throw new RankerInputError(`${field}.rows`, `is ${meant}, but columns have ${rows} rows`);
  return meant;
}

/** The number of rows of a column; throws if the value is not a column. */
function rowsOf(column: unknown, holds: "id" | "set" | number, field: string, name: string): number {
  if (holds === "id") {
    if (column instanceof Int32Array) return column.length;
    throw inColumn(field, name, "must be an Int32Array");
  }
  if (holds === "set") {
    const offsets = propertyOf(column, "offsets");
    if (offsets instanceof Int32Array && propertyOf(column, "values") instanceof Int32Array)
      return Math.max(0, offsets.length - 1);
    throw inColumn(field, name, "must have values and offsets, each an Int32Array");
  }
  if (!(column instanceof Float32Array)) throw inColumn(field, name, "must be a Float32Array");
  if (column.length % holds !== 0)
    throw inColumn(field, name, `must have ${holds} numbers for each row, but has ${column.length} in all`);
  return column.length / holds;
}

function inColumn(field: string, name: string, problem: string): RankerInputError {
  return new RankerInputError(columnPath(field, name), problem);
}

function columnPath(field: string, name: string): string {
  return pathOf(`${field}.columns`, NO_INDEX, name);
}

/** The row of the columns that is the i-th chosen row. */
function rowAt({ rows }: Columns<object>, i: number): number {
  return rows instanceof Int32Array ? rows[i]! : i;
}

/** Reads ids of the feature `name` of the records `from … from + count − 1`; messages call them `where`. */
export function readIds(
  out: Int32Array,
  records: Records,
  from: number,
  count: number,
  where: string,
  name: string,
  space: IdSpace,
): void {
  if (!isColumns(records)) {
    for (let i = 0; i < count; i++) out[i] = readId(records[from + i], where, from + i, name, space);
    return;
  }
  const column = propertyOf(records.columns, name) as Int32Array;
  for (let i = 0; i < count; i++) {
    const row = rowAt(records, from + i);
    out[i] = checkedId(column[row]!, space, where, name, "", row);
  }
}

/**
 * An id of a column, checked to have a row in every table of its feature. 0 is padding, not the id of a
 * value.
 */
function checkedId(
  id: number,
  space: IdSpace,
  where: string,
  name: string,
  part: "" | ".values",
  at: number,
): number {
  if (id >= UNKNOWN_ID && id < FIRST_KNOWN_ID + space.known) return id;
  const last = FIRST_KNOWN_ID + space.known - 1;
  throw new RankerInputError(
    `${columnPath(where, name)}${part}[${at}]`,
    `is ${id}, but encoded ids are ${UNKNOWN_ID} (unknown) to ${last}`,
  );
}

/** Reads numbers of the feature `name`, transformed. */
export function readNumbers(
  out: Float32Array,
  records: Records,
  from: number,
  count: number,
  where: string,
  name: string,
  numbers: Numbers,
): void {
  if (isColumns(records)) takeNumbers(out, records, from, count, where, name, 1);
  else for (let i = 0; i < count; i++) out[i] = readNumber(records[from + i], where, from + i, name, numbers);
}

/** Reads vectors of the feature `name`, one after the other. */
export function readVectors(
  out: Float32Array,
  records: Records,
  from: number,
  count: number,
  where: string,
  name: string,
  vectors: NumbersSpace,
): void {
  if (isColumns(records)) takeNumbers(out, records, from, count, where, name, vectors.width);
  else
    for (let i = 0; i < count; i++)
      readVector(out, i * vectors.width, records[from + i], where, from + i, name, vectors);
}

function takeNumbers(
  out: Float32Array,
  records: Columns<object>,
  from: number,
  count: number,
  where: string,
  name: string,
  width: number,
): void {
  const column = propertyOf(records.columns, name) as Float32Array;
  for (let i = 0, o = 0; i < count; i++) {
    let at = rowAt(records, from + i) * width;
    for (let j = 0; j < width; j++, at++) {
      const x = column[at]!;
      if (!Number.isFinite(x))
        throw new RankerInputError(`${columnPath(where, name)}[${at}]`, `must be finite, not ${x}`);
      out[o++] = x;
    }
  }
}

/** Copies the ids of a set from one row of columns, starting at `at`. Returns the index after the last. */
export function takeSet(
  ids: Int32Array,
  at: number,
  records: Columns<object>,
  i: number,
  where: string,
  name: string,
  space: IdSpace,
  max: number,
): number {
  const { values, offsets } = propertyOf(records.columns, name) as SetColumn;
  const row = rowAt(records, i);
  const [from, to] = [offsets[row]!, offsets[row + 1]!];
  if (!(from >= 0 && from <= to && to <= values.length))
    throw inColumn(where, name, `has no values from ${from} to ${to} for row ${row}`);
  if (to - from > max)
    throw inColumn(where, name, `has ${to - from} values in row ${row}, but at most ${max} count`);
  for (let k = from; k < to; k++) ids[at++] = checkedId(values[k]!, space, where, name, ".values", k);
  return at;
}

/** Copies the weights of the sets of columns, which `takeSet` has checked. */
export function takeWeights(
  out: Float32Array,
  records: Columns<object>,
  first: number,
  count: number,
  where: string,
  name: string,
): void {
  const { values, offsets, weights } = propertyOf(records.columns, name) as SetColumn;
  if (!(weights instanceof Float32Array) || weights.length !== values.length)
    throw inColumn(where, name, "must have weights, a Float32Array with one for each value");
  for (let i = 0, at = 0; i < count; i++) {
    const row = rowAt(records, first + i);
    for (let from = offsets[row]!; from < offsets[row + 1]!; from++) {
      const weight = weights[from]!;
      if (!Number.isFinite(weight))
        throw new RankerInputError(
          `${columnPath(where, name)}.weights[${from}]`,
          `must be finite, not ${weight}`,
        );
      out[at++] = weight;
    }
  }
}
