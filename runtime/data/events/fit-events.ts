// Fits vocabularies and transforms on the training rows of an event log without building those rows: the
// number of rows with an item, or of histories with a step, follows from the positions of the target events.

import {
  type Column,
  type ColumnMemory,
  type ColumnReader,
  int32s,
  PIECE,
} from "../../../compiler/data/columns.ts";
import type { FitSource } from "../../../compiler/data/fit-rows.ts";
import { renumber } from "../../../compiler/data/fitted-rows.ts";
import { rowNumbers } from "../../../compiler/data/row-indices.ts";
import type { NumberSource } from "../../../compiler/frontend/kinds/fit.ts";
import { type Feature, featureNamed, type Model, ownerOf } from "../../../compiler/frontend/model/model.ts";
import type { TableUse } from "../../../compiler/middle/programs/table-uses.ts";
import { indicesOf } from "./gather-events.ts";
import type { EventExamples, StoredEvents } from "./stored-events.ts";

/** 32-bit numbers are final. */
type Events = StoredEvents<Float32Array> | StoredEvents<Float64Array>;

export function fittingEvents(
  model: Model,
  events: StoredEvents<Float64Array>,
  train: EventExamples,
  { reader, store }: ColumnMemory,
): FitSource {
  const counts = new EventCounts(events, train, reader);
  const isOf = (owner: string) => (name: string) => ownerOf(featureNamed(model, name)) === owner;
  return {
    occurrences: (owner, ids) => {
      const found = new Float64Array(ids);
      for (const use of usesOf(events, isOf(owner))) counts.add(found, use);
      return found;
    },
    renumber: (owner, ids) => {
      const change = (column: Int32Array) => renumber(column, ids);
      for (const { ids: columns, sets } of [events.items, events.users]) {
        for (const [name, column] of columns) if (isOf(owner)(name)) change(column);
        for (const [name, column] of sets) if (isOf(owner)(name)) change(column.ids);
      }
      for (const [name, column] of events.events.ids)
        if (isOf(owner)(name)) store.rewrite(column, reader, int32s, change);
      for (const [name, column] of events.events.sets)
        if (isOf(owner)(name)) store.rewrite(column.ids, reader, int32s, change);
    },
    numbersOf: (feature) => numbersIn(events, train, counts, reader, feature),
  };
}

/** The inputs with ids of some features. */
function usesOf(
  { items, users, events, histories, own }: Events,
  isWanted: (feature: string) => boolean,
): Omit<TableUse, "input" | "table">[] {
  const uses: Omit<TableUse, "input" | "table">[] = [];
  const add = (names: Iterable<string>, history: string | null, set: boolean) => {
    for (const feature of names) if (isWanted(feature)) uses.push({ feature, history, set });
  };
  for (const each of [items, users, events])
    for (const [columns, set] of [
      [each.ids, false],
      [each.sets, true],
    ] as const)
      add(
        [...columns.keys()].filter((name) => !own.includes(name)),
        null,
        set,
      );
  for (const { name: history, fields } of histories)
    for (const { feature } of fields) {
      const isIn = ({ ids }: Pick<Events["items"], "ids">) => ids.has(feature);
      const isSet = items.sets.has(feature) || events.sets.has(feature);
      if (isSet) add([feature], history, true);
      else if (isIn(items) || events.ids.has(feature)) add([feature], history, false);
    }
  return uses;
}

/** Counts ids in the rows of a split: how often each occurs, and in how many rows. */
export class EventCounts {
  private readonly events: Events;
  private readonly split: EventExamples;
  private readonly reader: ColumnReader;
  /** By history (null for the rows themselves): the number of rows of each item. */
  private readonly itemTimes = new Map<string | null, Float64Array>();

  constructor(events: Events, split: EventExamples, reader: ColumnReader) {
    this.events = events;
    this.split = split;
    this.reader = reader;
  }

  /**
   * Adds the occurrences of a feature to `counts`, by id: in its rows, or in steps by the name of its field
   * or feature.
   */
  add(counts: Float64Array, { feature: name, history, set }: Omit<TableUse, "input" | "table">): void {
    const { items, users } = this.events;
    const feature = history === null ? name : this.featureOf(history, name);
    const cross = history === null ? this.split.crosses.get(feature) : undefined;
    if (cross !== undefined) {
      for (const { values } of this.reader.pieces(cross, int32s)) for (const id of values) counts[id]! += 1;
      return;
    }
    const isIn = (columns: Pick<Events["items"], "ids" | "sets">) =>
      set ? columns.sets.has(feature) : columns.ids.has(feature);
    if (isIn(items)) addTimes(counts, items, feature, set, this.timesOfItems(history));
    else if (history === null && isIn(users)) addTimes(counts, users, feature, set, this.timesOfUsers());
    else this.addEvents(counts, feature, history, set);
  }

  private addEvents(counts: Float64Array, feature: string, history: string | null, set: boolean): void {
    const column = this.events.events.ids.get(feature);
    for (const { from, times } of this.timesOfEvents(history))
      if (set) this.addSets(counts, feature, from, times);
      else {
        const ids = this.reader.read(column!, from, new Int32Array(times.length));
        for (let i = 0; i < ids.length; i++) counts[ids[i]!]! += times[i]!;
      }
  }

  /**
   * For consecutive events, the number of rows that have them in a history or, for null, as their own event;
   * in pieces.
   */
  *timesOfEvents(history: string | null): Generator<{ readonly from: number; readonly times: Float64Array }> {
    const { first, histories } = this.events;
    const { rows, each, target, before } = this.split;
    const max = history === null ? 0 : histories.find(({ name }) => name === history)!.max;
    const rowsBefore = (group: number) => Math.min(rows, group * each);
    const events = first.at(-1)!;
    const buffer = new Float64Array(Math.min(PIECE, events));
    for (let from = 0, user = 0; from < events; from += PIECE) {
      const times = buffer.subarray(0, Math.min(PIECE, events - from));
      for (let i = 0; i < times.length; i++) {
        const event = from + i;
        while (event >= first[user + 1]!) user++;
        const begin = target[user]!;
        const end = begin + before[user + 1]! - before[user]!;
        // The targets that have this event in their histories, or are this event.
        const low = Math.max(begin, history === null ? event : event + 1);
        const high = Math.min(end, event + max + 1);
        const group = before[user]! - begin;
        times[i] = low < high ? rowsBefore(group + high) - rowsBefore(group + low) : 0;
      }
      yield { from, times };
    }
  }

  private featureOf(history: string, name: string): string {
    const { fields } = this.events.histories.find((each) => each.name === history)!;
    return fields.find((field) => field.name === name)?.feature ?? name;
  }

  private timesOfItems(history: string | null): Float64Array {
    const known = this.itemTimes.get(history);
    if (known !== undefined) return known;
    const { item, items } = this.events;
    const found = new Float64Array(largestIn(items));
    const column = new Int32Array(PIECE);
    if (history === null) {
      const { split, reader } = this;
      for (const { from, times } of this.timesOfEvents(null)) {
        reader.read(item, from, column.subarray(0, times.length));
        for (let i = 0; i < times.length; i++) if (times[i]! > 0) found[column[i]!]! += 1;
      }
      for (const { values } of reader.pieces(split.negatives, int32s))
        for (const each of values) found[each]! += 1;
    } else
      for (const { from, times } of this.timesOfEvents(history)) {
        this.reader.read(item, from, column.subarray(0, times.length));
        for (let i = 0; i < times.length; i++) found[column[i]!]! += times[i]!;
      }
    this.itemTimes.set(history, found);
    return found;
  }

  private timesOfUsers(): Float64Array {
    const { rows, each, before } = this.split;
    const rowsBefore = (group: number) => Math.min(rows, group * each);
    return Float64Array.from(
      { length: before.length - 1 },
      (_, user) => rowsBefore(before[user + 1]!) - rowsBefore(before[user]!),
    );
  }

  private addSets(counts: Float64Array, feature: string, from: number, times: Float64Array): void {
    const { row, sets } = this.events.events;
    const { ids, bounds } = sets.get(feature)!;
    for (let i = 0; i < times.length; i++) {
      if (times[i] === 0) continue;
      const inFile = this.reader.int32(row!, from + i);
      const end = this.reader.int32(bounds, inFile + 1);
      for (let at = this.reader.int32(bounds, inFile); at < end; at++)
        counts[this.reader.int32(ids, at)]! += times[i]!;
    }
  }
}

/** The number of items in the columns. */
function largestIn({ ids, sets }: Pick<Events["items"], "ids" | "sets">): number {
  const lengths = [
    ...[...ids.values()].map(({ length }) => length),
    ...[...sets.values()].map(({ start }) => start.length),
  ];
  return Math.max(0, ...lengths);
}

function addTimes(
  counts: Float64Array,
  { ids, sets }: Pick<Events["items"], "ids" | "sets">,
  feature: string,
  set: boolean,
  times: Float64Array,
): void {
  if (!set) {
    const column = ids.get(feature)!;
    for (let i = 0; i < column.length; i++) counts[column[i]!]! += times[i]!;
    return;
  }
  const { ids: values, start, end } = sets.get(feature)!;
  for (let i = 0; i < start.length; i++)
    for (let at = start[i]!; at < end[i]!; at++) counts[values[at]!]! += times[i]!;
}

function numbersIn(
  events: StoredEvents<Float64Array>,
  train: EventExamples,
  counts: EventCounts,
  reader: ColumnReader,
  { name }: Feature,
): NumberSource {
  const { items, users, events: ofEvents, own } = events;
  return (take) => {
    const ofRows = (at: "item" | "user" | "event", valueAt: (place: number) => number) => {
      for (const rows of rowNumbers(train.rows))
        for (const index of indicesOf(events, train, reader, rows)[at]) take(valueAt(index), 1);
    };
    const ofItems = items.numbers.get(name);
    const ofUsers = users.numbers.get(name);
    const ofEach = ofEvents.numbers.get(name);
    if (ofItems !== undefined) ofRows("item", (item) => ofItems[item]!);
    else if (ofUsers !== undefined) ofRows("user", (user) => ofUsers[user]!);
    else if (ofEach !== undefined && !own.includes(name)) {
      const one = new Float64Array(1);
      ofRows("event", (event) => reader.read(ofEach, event, one)[0]!);
    }
    for (const { name: history, fields } of events.histories)
      for (const { feature } of fields) {
        if (feature !== name || (ofItems === undefined && ofEach === undefined)) continue;
        for (const { from, times } of counts.timesOfEvents(history)) {
          const values =
            ofItems === undefined
              ? reader.read(ofEach!, from, new Float64Array(times.length))
              : valuesOfItems(events.item, ofItems, from, times.length, reader);
          for (let i = 0; i < values.length; i++) take(values[i]!, times[i]!);
        }
      }
  };
}

function valuesOfItems(
  item: Column<Int32Array>,
  values: Float64Array,
  from: number,
  count: number,
  reader: ColumnReader,
): Float64Array {
  const items = reader.read(item, from, new Int32Array(count));
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) out[i] = values[items[i]!]!;
  return out;
}
