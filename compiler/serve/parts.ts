// The parts of a request in the order of reading: its histories, then the user and the context. A part keeps
// its result until the next request.

import { countRecords, type Records } from "./columns.ts";
import { latestFrom } from "./features.ts";
import { encodeColumns, type Field, type Input, type InputCounter } from "./inputs.ts";
import type { CandidateValues, RequestValues } from "./model/program.ts";
import type { UserRequest } from "./model/requests.ts";
import { encodeOwnSteps, type HistoryFilling, ownSteps } from "./padding.ts";
import { propertyOf, readList, readRecord } from "./requests.ts";
import { type HistoryStats, LengthCounter, type ValueStats } from "./stats.ts";
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
  /** For a history: counts its steps and makes room for them. */
  open?(q: RequestValues, request: UserRequest): void;
  read(q: RequestValues, request: UserRequest): void;
  newCounter(file: WeightsFile): PartCounter;
}

// Counts the values that a part has just read.
export interface PartCounter {
  count(q: RequestValues): void;
  addTo(features: Record<string, ValueStats>, histories: Record<string, HistoryStats>): void;
}

// `user` or `context`.
export function recordPart(name: string, fields: readonly Field[]): RequestPart {
  let record: object;
  return {
    name,
    read(q, request) {
      record = readRecord(request, "", name);
      for (let i = 0; i < fields.length; i++) fields[i]!.read(q, record, name);
    },
    newCounter(file) {
      const counters = fields.map((field) => field.newCounter(file));
      return {
        count(q) {
          for (const each of counters) each.count(q, [record], 0, 1);
        },
        addTo: (features) => addValues(features, counters),
      };
    },
  };
}

export interface HistoryPart extends RequestPart {
  readonly where: string;
  /** The first counted step, and the number of counted steps. */
  from: number;
  count: number;
  /** The range of real steps among `count` steps. */
  own: (steps: Records, count: number) => { readonly from: number; readonly to: number };
  /** `rows` is the number of steps if there are no columns. */
  columnsOf: (steps: readonly unknown[]) => object;
  encode(histories: unknown): object;
}

/** `column` is the training rows' column with its lengths; the latest `max` steps count. */
export function historyPart(
  name: string,
  column: string,
  max: number,
  setSteps: (q: RequestValues, steps: number) => void,
  fields: readonly Input<RequestValues>[],
): HistoryPart {
  const where = `history.${name}`;
  let steps: Records;
  let length = 0;
  const history: HistoryPart = {
    ...{ name, where, from: 0, count: 0 },
    own: (_, count) => ({ from: 0, to: count }),
    open(q, request) {
      steps = propertyOf(readRecord(request, "", "history"), name) as Records;
      const { from, to } = history.own(steps, countRecords(steps, where, fields));
      length = to - from;
      history.from = from + latestFrom(length, max);
      history.count = to - history.from;
      setSteps(q, history.count);
      q.longest = Math.max(q.longest, history.count);
    },
    read(q) {
      for (let i = 0; i < fields.length; i++) fields[i]!.read(q, steps, history.from, history.count, where);
    },
    columnsOf(list) {
      const columns = encodeColumns(fields, list, where);
      return fields.length > 0 ? { columns } : { columns, rows: list.length };
    },
    encode: (histories) => history.columnsOf(readList(propertyOf(histories, name), where)),
    newCounter(file) {
      const lengths = new LengthCounter(file.usual(column));
      const counters = fields.map((field) => field.newCounter(file));
      return {
        count(q) {
          lengths.add(length);
          for (const each of counters) each.count(q, steps, history.from, history.count);
        },
        addTo(_, histories) {
          const values = addValues({}, counters);
          histories[name] = { empty: lengths.empty, lengths: lengths.others.numbers(), fields: values };
        },
      };
    },
  };
  return history;
}

/** Leaves out the padding of a history. */
export function paddedHistory(history: HistoryPart, filling: HistoryFilling): HistoryPart {
  const { where, columnsOf } = history;
  history.own = (steps, count) => ownSteps(steps, count, filling);
  history.columnsOf = (list) => encodeOwnSteps(list, where, filling, columnsOf);
  return history;
}

export function addValues(
  features: Record<string, ValueStats>,
  counters: readonly InputCounter<never>[],
): Record<string, ValueStats> {
  for (const { name, counter } of counters) features[name] = counter.read();
  return features;
}
