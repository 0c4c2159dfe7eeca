// The parts of a request in the order of reading: its histories, then the user and the context. A part keeps
// its result until the next request.

import { countRecords, type Records } from "./columns.ts";
import { latestFrom } from "./features.ts";
import { encodeColumns, type Input } from "./inputs.ts";
import {
  type CandidateValues,
  type RequestValues,
  reserveCandidates,
  reserveRequest,
} from "./model/program.ts";
import type { UserRequest } from "./model/requests.ts";
import { encodeOwnSteps, type HistoryFilling, type OwnSteps, ownSteps } from "./padding.ts";
import { propertyOf, readList, readRecord } from "./requests.ts";
import { type HistoryCounter, LengthCounter } from "./stats.ts";
import type { WeightsFile } from "./weights.ts";

// Everything that is read from a request.
export interface Inputs {
  readonly parts: readonly RequestPart[];
  readonly candidates: readonly Input<CandidateValues>[];
  /** Compute values derived from those of a request, and from those of its candidate number i. */
  readonly ofRequest?: readonly ((q: RequestValues) => unknown)[];
  readonly ofCandidate?: readonly ((q: RequestValues, c: CandidateValues, i: number) => unknown)[];
}

export interface RequestPart {
  readonly name: string;
  readonly where: string;
  readonly inputs: readonly Input<RequestValues>[];
  /** Finds its records in a request: `count` of them, from index `from` on. */
  open(q: RequestValues, request: UserRequest): void;
  records: Records;
  from: number;
  count: number;
  /** The number of records given. For a history, steps before the counted ones are included. */
  given: number;
}

/** A history. */
export interface StepsPart extends RequestPart {
  /** Checks the records, and returns their number. */
  countSteps(steps: unknown): number;
  /** The range of the history's own steps, without padding. */
  own(steps: Records, count: number): OwnSteps;
}

/** A history of a ranker, which takes columns too, and counts lengths. */
export interface HistoryPart extends StepsPart {
  encode(histories: unknown): object;
  columnsOf(list: readonly unknown[]): object;
  newLengths(file: WeightsFile): HistoryCounter;
}

/** `user` or `context`. */
export function recordPart(name: string, inputs: readonly Input<RequestValues>[]): RequestPart {
  const records: object[] = [];
  return {
    ...{ name, where: name, inputs, records, from: 0, count: 1, given: 1 },
    open(_, request) {
      records[0] = readRecord(request, "", name);
    },
  };
}

/** A history given as a list; the latest `max` steps count. */
export function stepsPart(
  name: string,
  max: number,
  setSteps: (q: RequestValues, steps: number) => void,
  inputs: readonly Input<RequestValues>[],
): StepsPart {
  const where = `history.${name}`;
  return {
    ...{ name, where, inputs, records: [], from: 0, count: 0, given: 0 },
    open(q, request) {
      this.records = propertyOf(readRecord(request, "", "history"), name) as Records;
      const { from, to } = this.own(this.records, this.countSteps(this.records));
      this.given = to - from;
      this.from = from + latestFrom(to - from, max);
      this.count = to - this.from;
      setSteps(q, this.count);
      q.longest = Math.max(q.longest, this.count);
    },
    countSteps: (steps) => readList(steps, where).length,
    own: (_, count) => ({ from: 0, to: count }),
  };
}

/** A history given as a list or as columns; `column` is the training rows' column with its lengths. */
export function historyPart(steps: StepsPart, column: string): HistoryPart {
  const { name, where, inputs } = steps;
  return {
    ...steps,
    countSteps: (records) => countRecords(records, where, inputs),
    columnsOf(list) {
      const columns = encodeColumns(inputs, list, where);
      return inputs.length > 0 ? { columns } : { columns, rows: list.length };
    },
    encode(histories) {
      return this.columnsOf(readList(propertyOf(histories, name), where));
    },
    newLengths: (file) => new LengthCounter(file.usual(column)),
  };
}

/** Leaves out the padding of a history. */
export function paddedSteps<Part extends StepsPart>(history: Part, filling: HistoryFilling): Part {
  return { ...history, own: (steps: Records, count: number) => ownSteps(steps, count, filling) };
}

/** Leaves it out of columns too. */
export function paddedHistory(history: HistoryPart, filling: HistoryFilling): HistoryPart {
  const { name, where, columnsOf } = history;
  return {
    ...paddedSteps(history, filling),
    encode: (histories) =>
      encodeOwnSteps(readList(propertyOf(histories, name), where), where, filling, columnsOf),
  };
}

// Uses index loops: with few candidates, iterators would take a measurable part of the time.

/** Makes room for the values of a request and reads them. */
export function readParts({ parts, ofRequest }: Inputs, q: RequestValues, request: UserRequest): void {
  q.longest = 0;
  for (let i = 0; i < parts.length; i++) parts[i]!.open(q, request);
  reserveRequest(q);
  for (let i = 0; i < parts.length; i++) {
    const { inputs, records, from, count, where } = parts[i]!;
    for (let j = 0; j < inputs.length; j++) inputs[j]!.read(q, records, from, count, where);
  }
  for (const compute of ofRequest ?? []) compute(q);
}

/** Does the same for n candidates, from index `from` on. */
export function readCandidates(
  { candidates: inputs, ofCandidate }: Inputs,
  q: RequestValues,
  c: CandidateValues,
  candidates: Records,
  from: number,
  n: number,
): void {
  reserveCandidates(q, c, n);
  for (let i = 0; i < inputs.length; i++) inputs[i]!.read(c, candidates, from, n, "candidates");
  for (const compute of ofCandidate ?? []) for (let i = 0; i < n; i++) compute(q, c, i);
}
