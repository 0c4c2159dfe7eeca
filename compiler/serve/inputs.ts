// The inputs of a network as a table: the raw value of each, and its buffer. The functions here make the
// table's entries: fields of the user and the context, and inputs of candidates and of history steps.

import {
  type ColumnShape,
  type EncodedColumn,
  encodeIds,
  encodeNumbers,
  encodeVectors,
  type Records,
  readIds,
  readNumbers,
  readVectors,
} from "./columns.ts";
import type { IdSpace } from "./features.ts";
import type { RequestValues } from "./model/program.ts";
import type { Numbers, NumbersSpace } from "./numbers.ts";
import { NO_INDEX, readId, readNumber, readVector } from "./requests.ts";
import { encodeSets, readSet, readSets, type SetSpace } from "./sets.ts";
import { type Counter, IdCounter, NumberCounter, PresenceCounter } from "./stats.ts";
import type { WeightsFile } from "./weights.ts";

// An input of the user or the context.
export interface Field {
  read(q: RequestValues, record: object, where: string): void;
  readonly newCounter: NewCounter<RequestValues>;
}

/** An input of each record in a list; `Values` has its buffer. */
export interface Input<Values> {
  readonly name: string;
  readonly holds: ColumnShape[number]["holds"];
  /** Reads the values of `count` records of the list `where`, from index `from` on. */
  read(values: Values, records: Records, from: number, count: number, where: string): void;
  encode(list: readonly unknown[], where: string): EncodedColumn;
  readonly newCounter: NewCounter<Values>;
}

// Counts the values that an input has just read.
export interface InputCounter<Values> {
  readonly name: string;
  readonly counter: Counter;
  count(values: Values, records: Records, from: number, count: number): void;
}

type NewCounter<Values> = (file: WeightsFile) => InputCounter<Values>;

/** `column` is the column of the training rows, here and below. */
export function idInput<Values>(
  name: string,
  space: IdSpace,
  bufferOf: (values: Values) => Int32Array,
  column = name,
  mayBeMissing = false,
  newCounter: NewCounter<never> = idCounter(name, space, bufferOf, column, mayBeMissing),
): Input<Values> {
  return {
    ...{ name, holds: "id", newCounter },
    read(values, records, from, count, where) {
      readIds(bufferOf(values), records, from, count, where, name, space);
    },
    encode: (list, where) => encodeIds(list, where, name, space),
  };
}

export function idField(
  name: string,
  space: IdSpace,
  bufferOf: (q: RequestValues) => Int32Array,
  column = name,
  mayBeMissing = false,
  newCounter: NewCounter<RequestValues> = idCounter(name, space, bufferOf, column, mayBeMissing),
): Field {
  return {
    newCounter,
    read(q, record, where) {
      bufferOf(q)[0] = readId(record, where, NO_INDEX, name, space);
    },
  };
}

export function numberInput<Values>(
  name: string,
  numbers: Numbers,
  bufferOf: (values: Values) => Float32Array,
  newCounter: NewCounter<never> = numberCounter(name),
): Input<Values> {
  return {
    ...{ name, holds: 1, newCounter },
    read(values, records, from, count, where) {
      readNumbers(bufferOf(values), records, from, count, where, name, numbers);
    },
    encode: (list, where) => encodeNumbers(list, where, name, numbers),
  };
}

export function numberField(
  name: string,
  numbers: Numbers,
  bufferOf: (q: RequestValues) => Float32Array,
  newCounter: NewCounter<RequestValues> = numberCounter(name),
): Field {
  return {
    newCounter,
    read(q, record, where) {
      bufferOf(q)[0] = readNumber(record, where, NO_INDEX, name, numbers);
    },
  };
}

export function vectorInput<Values>(
  name: string,
  vectors: NumbersSpace,
  bufferOf: (values: Values) => Float32Array,
): Input<Values> {
  return {
    ...{ name, holds: vectors.width, newCounter: presenceCounter(name) },
    read(values, records, from, count, where) {
      readVectors(bufferOf(values), records, from, count, where, name, vectors);
    },
    encode: (list, where) => encodeVectors(list, where, name, vectors),
  };
}

export function vectorField(
  name: string,
  vectors: NumbersSpace,
  bufferOf: (q: RequestValues) => Float32Array,
): Field {
  return {
    newCounter: presenceCounter(name),
    read(q, record, where) {
      readVector(bufferOf(q), 0, record, where, NO_INDEX, name, vectors);
    },
  };
}

/** The values of sets, packed, with the row of each. `elements` holds their number. */
export function setInput<Values>(
  name: string,
  set: SetSpace,
  bufferOf: (values: Values) => Int32Array,
  rowsOf: (values: Values) => Int32Array,
  setElements: (values: Values, count: number) => void,
  column = name,
): Input<Values> {
  let elements = 0;
  return {
    ...{
      name,
      holds: "set",
      newCounter: idCounter(name, set.space, bufferOf, column, false, () => elements),
    },
    read(values, records, from, count, where) {
      elements = readSets(bufferOf(values), rowsOf(values), records, from, count, where, name, set);
      setElements(values, elements);
    },
    encode: (list, where) => encodeSets(list, where, name, set),
  };
}

/** All values belong to row 0, the content of a fresh buffer. */
export function setField(
  name: string,
  set: SetSpace,
  bufferOf: (q: RequestValues) => Int32Array,
  setElements: (q: RequestValues, count: number) => void,
  column = name,
): Field {
  let elements = 0;
  return {
    newCounter: idCounter(name, set.space, bufferOf, column, false, () => elements),
    read(q, record, where) {
      elements = readSet(bufferOf(q), 0, record, where, NO_INDEX, name, set);
      setElements(q, elements);
    },
  };
}

function idCounter<Values>(
  name: string,
  space: IdSpace,
  bufferOf: (values: Values) => Int32Array,
  column: string,
  mayBeMissing: boolean,
  elementsIn = (records: number) => records,
): NewCounter<Values> {
  return (file) => {
    const counter = new IdCounter(space, file.common(column));
    return {
      ...{ name, counter },
      count(values, records, from, count) {
        counter.add(bufferOf(values), elementsIn(count));
        if (mayBeMissing) counter.addMissing(records, from, count, name);
      },
    };
  };
}

/** Counts numbers as given, before transforms. */
export function numberCounter(name: string, column = name): NewCounter<unknown> {
  return (file) => {
    const counter = new NumberCounter(file.usual(column));
    return {
      ...{ name, counter },
      count: (_, records, from, count) => counter.addOf(records, from, count, name),
    };
  };
}

function presenceCounter(name: string): NewCounter<unknown> {
  return () => {
    const counter = new PresenceCounter();
    return {
      ...{ name, counter },
      count: (_, records, from, count) => counter.addOf(records, from, count, name),
    };
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
