// Puts rows of an event log together: any few of them, as a Dataset of just these.

import { type Column, type ColumnReader, type Numbers, part } from "./columns.ts";
import type { Dataset, HistoryColumns, SetColumn } from "./dataset.ts";
import { taken } from "./item-columns.ts";
import { setsOfRows, valuesAt } from "./places.ts";
import type { EventRows, SplitRows, StoredEvents, StoredHistory } from "./stored-events.ts";

/** Where rows have their values from: numbers of users, items and sorted events. */
export interface Places {
  readonly user: Int32Array;
  readonly item: Int32Array;
  readonly event: Int32Array;
}

const ints = (length: number): Int32Array => new Int32Array(length);
const floats = (length: number): Float32Array => new Float32Array(length);

export function placesOf(
  { item }: Pick<StoredEvents<Numbers>, "item">,
  { each, target, before, negatives }: SplitRows,
  reader: ColumnReader,
  rows: Int32Array,
): Places {
  const places = { user: ints(rows.length), item: ints(rows.length), event: ints(rows.length) };
  let user = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const group = Math.floor(row / each);
    const within = row - group * each;
    if (before[user]! > group || before[user + 1]! <= group) user = userOf(before, group);
    const event = target[user]! + group - before[user]!;
    places.user[i] = user;
    places.event[i] = event;
    places.item[i] =
      within === 0 ? reader.int32(item, event) : reader.int32(negatives, group * (each - 1) + within - 1);
  }
  return places;
}

/** The user who has target number `group`: the last one with at most so many before. */
function userOf(before: Int32Array, group: number): number {
  let [low, high] = [0, before.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (before[middle]! <= group) low = middle;
    else high = middle;
  }
  return low;
}

/** Takes `rows`, in that order. */
export function takeRows({ events, split }: EventRows, reader: ColumnReader, rows: Int32Array): Dataset {
  const places = placesOf(events, split, reader, rows);
  const { items, users, events: ofEvents } = events;
  const ids = new Map<string, Int32Array>();
  const numbers = new Map<string, Float32Array>();
  const sets = new Map<string, SetColumn>();
  for (const [columns, at] of [
    [items, places.item],
    [users, places.user],
  ] as const) {
    for (const [name, column] of columns.ids) ids.set(name, taken(column, at, ints));
    for (const [name, column] of columns.numbers)
      numbers.set(name, taken(column, at, floats, widthIn(events, name)));
    for (const [name, column] of columns.sets) sets.set(name, setsAt(column, at));
  }
  const own = new Set(events.own);
  for (const [name, column] of ofEvents.ids)
    if (!own.has(name)) ids.set(name, valuesAt(reader, column, places.event, ints));
  for (const [name, column] of ofEvents.numbers)
    if (!own.has(name)) numbers.set(name, valuesAt(reader, column, places.event, floats));
  if (ofEvents.row !== null) {
    const inFile = valuesAt(reader, ofEvents.row, places.event, ints);
    for (const [name, column] of ofEvents.vectors)
      if (!own.has(name)) numbers.set(name, valuesAt(reader, column, inFile, floats, widthIn(events, name)));
    for (const [name, column] of ofEvents.sets)
      if (!own.has(name)) sets.set(name, setsOfRows(reader, column, inFile));
  }
  for (const [name, column] of split.crosses) ids.set(name, valuesAt(reader, column, rows, ints));
  return {
    rows: rows.length,
    ids,
    sets,
    numbers,
    histories: new Map(
      events.histories.map((history) => [history.name, historyOf(events, history, places, reader)]),
    ),
    labels: new Map([[split.label, labelsOf(split, rows, floats(rows.length))]]),
    groups: groupsAt(events, places, reader, ints),
  };
}

export function labelsOf({ each }: SplitRows, rows: Int32Array, out: Float32Array): Float32Array {
  for (let i = 0; i < rows.length; i++) out[i] = rows[i]! % each === 0 ? 1 : 0;
  return out;
}

/** By feature that metrics group by. */
export function groupsAt(
  { items, users, events }: StoredEvents<Numbers>,
  places: Places,
  reader: ColumnReader,
  make: (length: number) => Int32Array,
): Map<string, Int32Array> {
  const groups = new Map<string, Int32Array>();
  for (const [name, column] of items.groups) groups.set(name, taken(column, places.item, make));
  for (const [name, column] of users.groups) groups.set(name, taken(column, places.user, make));
  for (const [name, column] of events.groups) groups.set(name, valuesAt(reader, column, places.event, make));
  return groups;
}

function widthIn({ widths }: StoredEvents<Numbers>, name: string): number {
  return widths.get(name) ?? 1;
}

/** The steps of `places`' rows; rows beside each other with the same target share them. */
function historyOf(
  events: StoredEvents,
  { max, fields }: StoredHistory,
  { user, event }: Places,
  reader: ColumnReader,
): HistoryColumns {
  const rows = user.length;
  const [start, end, from] = [ints(rows), ints(rows), ints(rows)];
  let steps = 0;
  for (let i = 0; i < rows; i++) {
    const isShared = i > 0 && event[i] === event[i - 1];
    from[i] = isShared ? -1 : Math.max(events.first[user[i]!]!, event[i]! - max);
    start[i] = isShared ? start[i - 1]! : steps;
    if (!isShared) steps += event[i]! - from[i]!;
    end[i] = isShared ? end[i - 1]! : steps;
  }
  const read = <T extends Numbers>(column: Column<T>, out: T): T => {
    for (let i = 0; i < rows; i++)
      if (from[i]! >= 0) reader.read(column, from[i]!, part(out, start[i]!, end[i]!));
    return out;
  };
  let [items, inFile]: (Int32Array | null)[] = [null, null];
  const itemsOf = () => (items ??= read(events.item, ints(steps)));
  const rowsOf = () => (inFile ??= read(events.events.row!, ints(steps)));
  const columns = {
    steps: new Map<string, Int32Array>(),
    numbers: new Map<string, Float32Array>(),
    sets: new Map<string, SetColumn>(),
  };
  for (const { name, feature } of fields) {
    const { items: ofItems, events: ofEvents } = events;
    const width = widthIn(events, feature);
    if (ofItems.ids.has(feature)) columns.steps.set(name, taken(ofItems.ids.get(feature)!, itemsOf(), ints));
    else if (ofItems.numbers.has(feature))
      columns.numbers.set(name, taken(ofItems.numbers.get(feature)!, itemsOf(), floats, width));
    else if (ofItems.sets.has(feature)) columns.sets.set(name, setsAt(ofItems.sets.get(feature)!, itemsOf()));
    else if (ofEvents.ids.has(feature))
      columns.steps.set(name, read(ofEvents.ids.get(feature)!, ints(steps)));
    else if (ofEvents.numbers.has(feature))
      columns.numbers.set(name, read(ofEvents.numbers.get(feature)!, floats(steps)));
    else if (ofEvents.vectors.has(feature))
      columns.numbers.set(name, valuesAt(reader, ofEvents.vectors.get(feature)!, rowsOf(), floats, width));
    else if (ofEvents.sets.has(feature))
      columns.sets.set(name, setsOfRows(reader, ofEvents.sets.get(feature)!, rowsOf()));
  }
  return { ...columns, start, end };
}

/** The values themselves are shared. */
function setsAt({ ids, start, end }: SetColumn, at: Int32Array): SetColumn {
  return { ids, start: taken(start, at, ints), end: taken(end, at, ints) };
}
