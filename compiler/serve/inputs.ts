// The inputs of a network as a table: the raw value that each is read from, and the buffer that it goes to. The functions
// here make the table's entries.

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
import type { CandidateValues, RequestValues } from "./model/program.ts";
import type { Numbers, NumbersSpace } from "./numbers.ts";
import { encodeOwnSteps, type HistoryFilling, type OwnSteps, ownSteps } from "./padding.ts";
import { NO_INDEX, readId, readNumber, readVector } from "./requests.ts";
import { encodeSets, readSet, readSets, type SetSpace } from "./sets.ts";
import { type Counter, IdCounter, NumberCounter, PresenceCounter } from "./stats.ts";
import type { WeightsFile } from "./weights.ts";

/** All that is read of a request. */
export interface Inputs {
  readonly histories: readonly HistoryInput[];
  /** `user` and `context`. */
  readonly records: readonly RecordInput[];
  readonly candidates: readonly Input<CandidateValues>[];
  /** Compute what follows from the values of a request, and from those of its candidate number i. */
  readonly ofRequest?: readonly ((q: RequestValues) => unknown)[];
  readonly ofCandidate?: readonly ((q: RequestValues, c: CandidateValues, i: number) => unknown)[];
}

export interface RecordInput {
  readonly name: string;
  readonly fields: readonly Input<RequestValues>[];
}

/** An input of the network; `Values` has its buffer. */
export interface Input<Values> {
  readonly name: string;
  /** What a row of its column holds. */
  readonly holds: ColumnShape[number][1];
  /** Reads the values of `count` records, of the list `where`, from the number `from` on. */
  read(values: Values, records: Records, from: number, count: number, where: string): void;
  /** Reads the value of a record that is in no list. */
  readOne(values: Values, record: object, where: string): void;
  encode(list: readonly unknown[], where: string): EncodedColumn;
  newCounter(file: WeightsFile): InputCounter<Values>;
}

/** Counts the values that an input has just read. */
export interface InputCounter<Values> extends Counter {
  readonly name: string;
  count(values: Values, records: Records, from: number, count: number): void;
}

/** `column` is that of the training rows, also below. */
export function idInput<Values>(
  name: string,
  space: IdSpace,
  bufferOf: (values: Values) => Int32Array,
  column = name,
  mayBeMissing = false,
): Input<Values> {
  return {
    ...{ name, holds: "id" },
    read(values, records, from, count, where) {
      readIds(bufferOf(values), records, from, count, where, name, space);
    },
    readOne(values, record, where) {
      bufferOf(values)[0] = readId(record, where, NO_INDEX, name, space);
    },
    encode: (list, where) => encodeIds(list, where, name, space),
    newCounter(file) {
      const counter = new IdCounter(space, file.common(column));
      return counting(name, counter, (values, records, from, count) => {
        counter.add(bufferOf(values), count);
        if (mayBeMissing) counter.addMissing(records, from, count, name);
      });
    },
  };
}

/** Numbers as ids of the buckets that they fall into. */
export function bucketInput<Values>(
  name: string,
  space: IdSpace,
  bufferOf: (values: Values) => Int32Array,
  column = name,
): Input<Values> {
  return {
    ...idInput(name, space, bufferOf),
    newCounter: (file) => countingNumbers(name, column, file),
  };
}

export function numberInput<Values>(
  name: string,
  numbers: Numbers,
  bufferOf: (values: Values) => Float32Array,
  column = name,
): Input<Values> {
  return {
    ...{ name, holds: 1 },
    read(values, records, from, count, where) {
      readNumbers(bufferOf(values), records, from, count, where, name, numbers);
    },
    readOne(values, record, where) {
      bufferOf(values)[0] = readNumber(record, where, NO_INDEX, name, numbers);
    },
    encode: (list, where) => encodeNumbers(list, where, name, numbers),
    newCounter: (file) => countingNumbers(name, column, file),
  };
}

export function vectorInput<Values>(
  name: string,
  vectors: NumbersSpace,
  bufferOf: (values: Values) => Float32Array,
): Input<Values> {
  return {
    ...{ name, holds: vectors.width },
    read(values, records, from, count, where) {
      readVectors(bufferOf(values), records, from, count, where, name, vectors);
    },
    readOne(values, record, where) {
      readVector(bufferOf(values), 0, record, where, NO_INDEX, name, vectors);
    },
    encode: (list, where) => encodeVectors(list, where, name, vectors),
    newCounter() {
      const counter = new PresenceCounter();
      return counting(name, counter, (_, records, from, count) => counter.addOf(records, from, count, name));
    },
  };
}

/** The values of sets, packed, with the row of each; `setCount` takes how many there are. */
export function setInput<Values>(
  name: string,
  set: SetSpace,
  bufferOf: (values: Values) => Int32Array,
  rowsOf: (values: Values) => Int32Array,
  setCount: (values: Values, count: number) => void,
  column = name,
): Input<Values> {
  let elements = 0;
  return {
    ...{ name, holds: "set" },
    read(values, records, from, count, where) {
      elements = readSets(bufferOf(values), rowsOf(values), records, from, count, where, name, set);
      setCount(values, elements);
    },
    readOne(values, record, where) {
      // All are of the one row 0, which a fresh buffer has.
      elements = readSet(bufferOf(values), 0, record, where, NO_INDEX, name, set);
      setCount(values, elements);
    },
    encode: (list, where) => encodeSets(list, where, name, set),
    newCounter(file) {
      const counter = new IdCounter(set.space, file.common(column));
      return counting(name, counter, (values) => counter.add(bufferOf(values), elements));
    },
  };
}

function countingNumbers(name: string, column: string, file: WeightsFile): InputCounter<unknown> {
  const counter = new NumberCounter(file.usual(column));
  return counting(name, counter, (_, records, from, count) => counter.addOf(records, from, count, name));
}

function counting<Values>(
  name: string,
  counter: Counter,
  count: InputCounter<Values>["count"],
): InputCounter<Values> {
  return { name, count, read: () => counter.read(), reset: () => counter.reset() };
}

/** A history of a request. */
export interface HistoryInput {
  readonly name: string;
  /** What messages call it. */
  readonly where: string;
  /** The column of the training rows that has its lengths. */
  readonly column: string;
  /** How many of its latest steps count. */
  readonly max: number;
  readonly setSteps: (q: RequestValues, steps: number) => void;
  readonly fields: readonly Input<RequestValues>[];
  readonly shape: ColumnShape;
  /** Look at its steps, which begin with the number `from`. */
  readonly checks: readonly ((q: RequestValues, from: number) => void)[];
  readonly encode: (list: readonly unknown[]) => EncodedHistory;
  /** Without what fills it up, where anything does. */
  readonly ownSteps?: (steps: Records, count: number) => OwnSteps;
}

/** The columns of a history; `rows` counts its steps where it has no columns. */
export interface EncodedHistory {
  readonly columns: Readonly<Record<string, EncodedColumn>>;
  readonly rows?: number;
}

export function historyInput(
  name: string,
  column: string,
  max: number,
  setSteps: (q: RequestValues, steps: number) => void,
  fields: readonly Input<RequestValues>[],
  checks: HistoryInput["checks"] = [],
): HistoryInput {
  const where = `history.${name}`;
  return {
    ...{ name, where, column, max, setSteps, fields, checks, shape: shapeOf(fields) },
    encode(list) {
      const columns = encodeColumns(fields, list, where);
      return fields.length > 0 ? { columns } : { columns, rows: list.length };
    },
  };
}

/** A history that is filled up to one length. */
export function paddedHistory(history: HistoryInput, filling: HistoryFilling): HistoryInput {
  return {
    ...history,
    encode: (list) => encodeOwnSteps(list, history.where, filling, history.encode),
    ownSteps: (steps, count) => ownSteps(steps, count, filling),
  };
}

/** What columns must hold. */
export function shapeOf(inputs: readonly Input<never>[]): ColumnShape {
  return inputs.map(({ name, holds }) => [name, holds]);
}

/** The same values of a list as columns. */
export function encodeColumns(
  inputs: readonly Input<never>[],
  list: readonly unknown[],
  where: string,
): Readonly<Record<string, EncodedColumn>> {
  return Object.fromEntries(inputs.map((input) => [input.name, input.encode(list, where)]));
}
