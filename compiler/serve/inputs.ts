// The inputs of a network as a table: the raw value of each, and its buffer. The functions here make the
// table's entries.

import {
  type ColumnShape,
  type EncodedColumn,
  isColumns,
  type Records,
  readIds,
  readNumbers,
  readVectors,
} from "./columns.ts";
import type { IdSpace } from "./features.ts";
import type { Numbers, NumbersSpace } from "./numbers.ts";
import { encodeSets, readSets, type SetSpace } from "./sets.ts";
import type { Counter, NewCounter } from "./stats.ts";

/** An input of each record in a list; `Values` has its buffer. */
export interface Input<Values> {
  readonly name: string;
  readonly holds: ColumnShape[number]["holds"];
  /** Reads the values of `count` records from index `from` on, in the list that messages call `where`. */
  read(values: Values, records: Records, from: number, count: number, where: string): void;
  encode(list: readonly unknown[], where: string): EncodedColumn;
  /** For a ranker, which can count the values that it reads. */
  readonly newCounter?: NewCounter | undefined;
  /** Ids that it has just read of `count` records. */
  idsIn?(values: Values, count: number): Int32Array;
}

export function idInput<Values>(
  name: string,
  space: IdSpace,
  bufferOf: (values: Values) => Int32Array,
  newCounter?: NewCounter,
): Input<Values> {
  return {
    ...{ name, holds: "id", newCounter },
    read(values, records, from, count, where) {
      readIds(bufferOf(values), records, from, count, where, name, space);
    },
    encode(list, where) {
      const ids = new Int32Array(list.length);
      readIds(ids, list, 0, list.length, where, name, space);
      return ids;
    },
    idsIn: (values, count) => bufferOf(values).subarray(0, count),
  };
}

export function numberInput<Values>(
  name: string,
  numbers: Numbers,
  bufferOf: (values: Values) => Float32Array,
  newCounter?: NewCounter,
): Input<Values> {
  return {
    ...{ name, holds: 1, newCounter },
    read(values, records, from, count, where) {
      readNumbers(bufferOf(values), records, from, count, where, name, numbers);
    },
    encode(list, where) {
      const all = new Float32Array(list.length);
      readNumbers(all, list, 0, list.length, where, name, numbers);
      return all;
    },
  };
}

export function vectorInput<Values>(
  name: string,
  vectors: NumbersSpace,
  bufferOf: (values: Values) => Float32Array,
  newCounter?: NewCounter,
): Input<Values> {
  return {
    ...{ name, holds: vectors.width, newCounter },
    read(values, records, from, count, where) {
      readVectors(bufferOf(values), records, from, count, where, name, vectors);
    },
    encode(list, where) {
      const all = new Float32Array(list.length * vectors.width);
      readVectors(all, list, 0, list.length, where, name, vectors);
      return all;
    },
  };
}

/** The values of sets, packed, with the row of each. `setElements` is told how many there are. */
export function setInput<Values>(
  name: string,
  set: SetSpace,
  bufferOf: (values: Values) => Int32Array,
  rowsOf: (values: Values) => Int32Array,
  setElements: (values: Values, count: number) => void,
  newCounter?: NewCounter,
): Input<Values> {
  let elements = 0;
  return {
    ...{ name, holds: "set", newCounter },
    read(values, records, from, count, where) {
      elements = readSets(bufferOf(values), rowsOf(values), records, from, count, where, name, set);
      setElements(values, elements);
    },
    encode: (list, where) => encodeSets(list, where, name, set),
    idsIn: (values) => bufferOf(values).subarray(0, elements),
  };
}

/** An input that reads the value of another one, `raw`, in records. Columns have its own values. */
export function computedInput<Values>(
  name: string,
  raw: string,
  inputOf: (name: string) => Input<Values>,
): Input<Values> {
  const inColumns = inputOf(name);
  const inRecords = inputOf(raw);
  let last = inColumns;
  return {
    ...inColumns,
    newCounter: inColumns.newCounter && ((file) => countIn(inColumns.newCounter!(file), name, raw)),
    read(values, records, from, count, where) {
      last = isColumns(records) ? inColumns : inRecords;
      last.read(values, records, from, count, where);
    },
    encode: (list, where) => inRecords.encode(list, where),
    ...(inColumns.idsIn === undefined ? {} : { idsIn: (values, count) => last.idsIn!(values, count) }),
  };
}

function countIn(counter: Counter, name: string, raw: string): Counter {
  return {
    add(records, from, count, _, ids) {
      counter.add(records, from, count, isColumns(records) ? name : raw, ids);
    },
    read: () => counter.read(),
  };
}

/** The values of a list as columns. */
export function encodeColumns(
  inputs: readonly Input<never>[],
  list: readonly unknown[],
  where: string,
): Readonly<Record<string, EncodedColumn>> {
  return Object.fromEntries(inputs.map((input) => [input.name, input.encode(list, where)]));
}
