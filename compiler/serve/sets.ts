// Encodes a raw set or text as ids. Training reads its rows with these classes and generated code contains
// them, so the same raw value means the same thing in both: the first `max` distinct values count, in order,
// each as one id.

import { type Columns, type Records, type SetColumn, takeSet } from "./columns.ts";
import { type IdSpace, idText, NOT_AN_ID } from "./features.ts";
import { pathOf, propertyOf, RankerInputError, requireRecord } from "./requests.ts";

/** Letters with their combining marks, and digits, of any script. */
const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/** The words of a text, composed (NFC) and in lower case: the runs of letters and digits. */
export function wordsOf(text: string): readonly string[] {
  return text.normalize("NFC").toLowerCase().match(WORD) ?? [];
}

/** Finds the distinct values of a list. A whole number and its decimal text are the same value. */
export class DistinctValues {
  private readonly seen = new Set<unknown>();

  clear(): void {
    if (this.seen.size > 0) this.seen.clear();
  }

  /** Tells whether the value occurs for the first time since `clear`. */
  isNew(value: unknown): boolean {
    const known = this.seen.size;
    this.seen.add(idText(value) ?? value);
    return this.seen.size > known;
  }
}

/** The ids of a set's values. */
export interface SetSpace {
  readonly space: IdSpace;
  /** The maximum number of values. */
  readonly max: number;
  /** The values of a raw set; null if it is not a set. */
  valuesOf(raw: unknown): readonly unknown[] | null;
  /** For messages: why a value is not a set. */
  whyNot(raw: unknown): string;
}

/** Sets given as lists. */
export class ListSet implements SetSpace {
  readonly space: IdSpace;
  readonly max: number;

  constructor(space: IdSpace, max: number) {
    this.space = space;
    this.max = max;
  }

  valuesOf(raw: unknown): readonly unknown[] | null {
    return Array.isArray(raw) ? raw : null;
  }

  whyNot(raw: unknown): string {
    return raw === undefined || raw === null ? "is missing: give [] for none" : "must be an array";
  }
}

/** Sets of the words of a text. */
export class WordSet implements SetSpace {
  readonly space: IdSpace;
  readonly max: number;

  constructor(space: IdSpace, max: number) {
    this.space = space;
    this.max = max;
  }

  valuesOf(raw: unknown): readonly unknown[] | null {
    return typeof raw === "string" ? wordsOf(raw) : null;
  }

  whyNot(raw: unknown): string {
    return raw === undefined || raw === null ? 'is missing: give "" for none' : "must be a string";
  }
}

export const distinct = new DistinctValues();

/**
 * Reads ids of the sets `name` of the records `from … from + count − 1`, packed, and for each id the index of
 * its record, from 0. Returns the number of ids.
 */
export function readSets(
  ids: Int32Array,
  rowOf: Int32Array,
  records: Records,
  from: number,
  count: number,
  where: string,
  name: string,
  set: SetSpace,
): number {
  let at = 0;
  for (let i = 0; i < count; i++) {
    const end = Array.isArray(records)
      ? readSet(ids, at, records[from + i], where, from + i, name, set)
      : takeSet(ids, at, records as Columns<object>, from + i, where, name, set.space, set.max);
    rowOf.fill(i, at, end);
    at = end;
  }
  return at;
}

/**
 * Reads ids of the set `name` of one record, starting at `at`; `index` as in `readId`. Returns the index
 * after the last.
 */
export function readSet(
  ids: Int32Array,
  at: number,
  record: unknown,
  where: string,
  index: number,
  name: string,
  set: SetSpace,
): number {
  const { space, max } = set;
  const raw = propertyOf(record, name);
  const values = set.valuesOf(raw);
  if (values === null) {
    requireRecord(record, where, index);
    throw new RankerInputError(pathOf(where, index, name), set.whyNot(raw));
  }
  distinct.clear();
  const full = at + max;
  for (let i = 0; i < values.length && at < full; i++) {
    if (!distinct.isNew(values[i])) continue;
    const id = space.idOf(values[i]);
    if (id === NOT_AN_ID)
      throw new RankerInputError(`${pathOf(where, index, name)}[${i}]`, space.whyNot(values[i]));
    ids[at++] = id;
  }
  return at;
}

/** Ids of the sets `name` of a list, as a column. */
export function encodeSets(list: readonly unknown[], where: string, name: string, set: SetSpace): SetColumn {
  const offsets = new Int32Array(list.length + 1);
  let values = new Int32Array(0);
  for (let i = 0; i < list.length; i++) {
    const at = offsets[i]!;
    if (values.length < at + set.max) {
      const longer = new Int32Array(2 * values.length + set.max);
      longer.set(values);
      values = longer;
    }
    offsets[i + 1] = readSet(values, at, list[i], where, i, name, set);
  }
  return { values: values.slice(0, offsets[list.length]), offsets };
}
