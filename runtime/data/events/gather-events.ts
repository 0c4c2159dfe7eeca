// Gathers rows of an event log from the columns of users, items and events, by their numbers.

import { type ColumnReader, inMemory, type NumberArray } from "../../../compiler/data/columns.ts";
import type { FeatureColumns } from "../../../compiler/data/feature-columns.ts";
import { countOf, type RowIndices, type Runs, readAt, single } from "../../../compiler/data/row-indices.ts";
import type {
  FoundNumbers,
  FoundSets,
  IndexedBy,
  LocatedColumn,
  ReadableColumns,
  RowReader,
} from "../../../compiler/data/row-reader.ts";
import { mapped } from "../../../compiler/data/row-stages.ts";
import type { EventExamples, EventRows, LabelFactor, StoredEvents, StoredHistory } from "./stored-events.ts";

/** The sources of rows: numbers of users, items and sorted events. */
interface EventIndices {
  readonly user: Int32Array;
  readonly item: Int32Array;
  readonly event: Int32Array;
}

const ints = (length: number): Int32Array => new Int32Array(length);

export function indicesOf(
  { item }: Pick<StoredEvents<NumberArray>, "item">,
  { each, target, before, negatives }: EventExamples,
  files: ColumnReader,
  rows: Int32Array,
): EventIndices {
  const indices = { user: ints(rows.length), item: ints(rows.length), event: ints(rows.length) };
  let user = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const group = Math.floor(row / each);
    const within = row - group * each;
    if (before[user]! > group || before[user + 1]! <= group) user = userOf(before, group);
    const event = target[user]! + group - before[user]!;
    indices.user[i] = user;
    indices.event[i] = event;
    indices.item[i] =
      within === 0 ? files.int32(item, event) : files.int32(negatives, group * (each - 1) + within - 1);
  }
  return indices;
}

/** The user of target number `group`: the last one with at most `group` earlier targets. */
function userOf(before: Int32Array, group: number): number {
  let [low, high] = [0, before.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (before[middle]! <= group) low = middle;
    else high = middle;
  }
  return low;
}

export function readerOfEvents(
  { events, split }: Pick<EventRows, "events" | "split">,
  files: ColumnReader,
): RowReader {
  const all = columnsOf(events);
  const histories = new Map(events.histories.map((history) => [history.name, history]));
  const isOwn = new Set(events.own);
  const ofRows = <T>(columns: ReadonlyMap<string, T>) => [...columns].filter(([name]) => !isOwn.has(name));
  const lines = (of: RowIndices) => single(readAt(files, events.events.row!, of, ints(countOf(of))));
  return {
    files,
    own: {
      ids: new Map([...ofRows(all.ids), ...mapped(split.crosses, (column) => found(column, "self"))]),
      numbers: new Map(ofRows(all.numbers)),
      sets: new Map(ofRows(all.sets)),
    },
    steps: mapped(histories, (history) => fieldsOf(history, all)),
    labels: [...split.labels.keys()],
    groups: groupsOf(events),
    at(rows) {
      const { user, item, event } = indicesOf(events, split, files, rows);
      const line = once(() => lines(single(event)));
      const of = (by: IndexedBy): RowIndices => {
        if (by === "line") return line();
        return single({ self: rows, user, item, event }[by]);
      };
      const stepsOf = (history: string) => {
        const runs = runsBefore(event, user, events.first, histories.get(history)!.max);
        const items = once(() => single(readAt(files, events.item, runs, ints(countOf(runs)))));
        const linesOfSteps = once(() => lines(runs));
        return {
          runs,
          of: (by: IndexedBy) => (by === "item" ? items() : by === "line" ? linesOfSteps() : runs),
        };
      };
      const factor = (each: LabelFactor): Float32Array => {
        const values = new Float32Array(rows.length);
        if (each.of === "feature") {
          const { column, by } = all.numbers.get(each.feature)!;
          return readAt(files, column, of(by), values);
        }
        const isEvent = happened(split, rows, values);
        if (each.of === "happening") return isEvent;
        const column = events.events.labels.get(each.column)!;
        const found = readAt(files, column, of("event"), new Float32Array(rows.length));
        return product(isEvent, found);
      };
      const label = (name: string, out: Float32Array) =>
        split.labels.get(name)!.reduce((left, each) => product(left, factor(each)), out.fill(1));
      return { of, stepsOf, label };
    },
  };
}

/** 1 for each event, 0 for each drawn item. */
function happened({ each }: EventExamples, rows: Int32Array, out: Float32Array): Float32Array {
  for (let i = 0; i < rows.length; i++) out[i] = rows[i]! % each === 0 ? 1 : 0;
  return out;
}

/** Overwrites `left`. */
function product(left: Float32Array, right: Float32Array): Float32Array {
  for (let i = 0; i < left.length; i++) left[i]! *= right[i]!;
  return left;
}

/** The events before each row's own, at most `max`. */
function runsBefore(event: Int32Array, user: Int32Array, first: Int32Array, max: number): Runs {
  const from = ints(event.length);
  const offsets = ints(event.length + 1);
  for (let i = 0; i < event.length; i++) {
    from[i] = Math.max(first[user[i]!]!, event[i]! - max);
    offsets[i + 1] = offsets[i]! + event[i]! - from[i]!;
  }
  return { from, offsets };
}

/** By feature, including those that only steps have. */
function columnsOf({ items, users, events, widths }: StoredEvents): ReadableColumns {
  const ids = new Map<string, LocatedColumn<Int32Array>>();
  const numbers = new Map<string, FoundNumbers>();
  const sets = new Map<string, FoundSets>();
  const numbersIn = (name: string, column: FoundNumbers["column"], by: IndexedBy) =>
    numbers.set(name, { column, by, width: widths.get(name) ?? 1 });
  for (const [name, column] of events.ids) ids.set(name, found(column, "event"));
  for (const [name, column] of events.numbers) numbersIn(name, column, "event");
  for (const [name, column] of events.vectors) numbersIn(name, column, "line");
  for (const [name, column] of events.sets) sets.set(name, { ...column, by: "line" });
  const ofEach = (columns: FeatureColumns<Float32Array>, by: IndexedBy) => {
    for (const [name, values] of columns.ids) ids.set(name, found(inMemory(values), by));
    for (const [name, values] of columns.numbers) numbersIn(name, inMemory(values), by);
    for (const [name, { ids: values, weights, start, end }] of columns.sets)
      sets.set(name, {
        ids: inMemory(values),
        weights: weights && inMemory(weights),
        bounds: { kind: "ends", start, end },
        by,
      });
  };
  ofEach(users, "user");
  ofEach(items, "item");
  return { ids, numbers, sets };
}

/** By field, the values of its feature. */
function fieldsOf({ fields }: StoredHistory, all: ReadableColumns): ReadableColumns {
  const named = <T>(columns: ReadonlyMap<string, T>) =>
    new Map(
      fields.flatMap(({ name, feature }) => {
        const column = columns.get(feature);
        return column === undefined ? [] : [[name, column] as const];
      }),
    );
  return { ids: named(all.ids), numbers: named(all.numbers), sets: named(all.sets) };
}

function groupsOf({ items, users, events }: StoredEvents): RowReader["groups"] {
  return new Map([
    ...mapped(items.groups, (values) => found(inMemory(values), "item")),
    ...mapped(users.groups, (values) => found(inMemory(values), "user")),
    ...mapped(events.groups, (column) => found(column, "event")),
  ]);
}

function found<T extends NumberArray>(column: LocatedColumn<T>["column"], by: IndexedBy): LocatedColumn<T> {
  return { column, by };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
