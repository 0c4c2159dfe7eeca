// The steps of a history for each row: the events of its user that were visible strictly before the row. This
// file alone contains the rule: an event of time e is visible at time t if e < t, t − e ≥ delay and t − e ≤
// window; the latest `max` visible events are steps.

import { ColumnBuilder } from "../../../compiler/data/builders.ts";
import {
  type Column,
  type ColumnReader,
  float32s,
  float64s,
  int32s,
  type NumberArray,
  type NumbersOf,
} from "../../../compiler/data/columns.ts";
import { widthOf } from "../../../compiler/data/feature-columns.ts";
import { fieldsRead, type GraphInputs } from "../../../compiler/data/graph-inputs.ts";
import type { StepsReader, Take } from "../../../compiler/data/history-reader.ts";
import type { HistoryColumns, SetRanges } from "../../../compiler/data/memory-rows.ts";
import type { RawCell, RawChunk } from "../../../compiler/data/raw-values.ts";
import { type Feature, type History, ownerOf } from "../../../compiler/frontend/model/model.ts";
import type { SqlColumn } from "../formats/data-file.ts";
import type { StoredPast } from "./past-scan.ts";

/** The times and users of a chunk's rows. */
export interface UserTimes {
  readonly users: readonly RawCell[];
  /** On the common scale. */
  readonly times: Float64Array;
}

/** The range of `times`, which ascend, that is visible at `time`: its end and its start. */
export function seenAt(
  times: Float64Array,
  time: number,
  delay: number,
  window: number,
): readonly [from: number, to: number] {
  const to = firstWhere(times, (e) => !(e < time && time - e >= delay));
  const from = firstWhere(times, (e) => time - e <= window);
  return [Math.min(from, to), to];
}

/** The first index where `holds` is true; it stays true after that. */
function firstWhere(times: Float64Array, holds: (time: number) => boolean): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(times[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** By the feature whose ids they are: the final id for each provisional one. */
export type FinalIds = ReadonlyMap<string, Int32Array>;

interface Field {
  readonly name: string;
  copy(from: number, to: number): void;
  taken(take: Take, columns: Taken): void;
}

interface Taken {
  readonly steps: Map<string, Int32Array>;
  readonly numbers: Map<string, Float64Array>;
  readonly sets: Map<string, SetRanges>;
}

export class PastSteps implements StepsReader<SqlColumn> {
  readonly history: History;
  readonly columns: readonly SqlColumn[] = [];
  readonly past: StoredPast;
  /** The number of steps so far. */
  total = 0;
  private readonly reader: ColumnReader;
  private readonly fields: readonly Field[];
  private readonly start = ColumnBuilder.int32();
  private readonly end = ColumnBuilder.int32();
  private readonly buffer = { times: new Float64Array(256) };
  private moments: UserTimes | null = null;
  private stored = 0;

  /** Ids of the events are provisional if `final` contains their feature. */
  constructor(past: StoredPast, reader: ColumnReader, inputs: GraphInputs | null, final: FinalIds) {
    this.past = past;
    this.history = past.history;
    this.reader = reader;
    this.fields = fieldsRead(past.history, inputs).map(({ name, feature }): Field => {
      const ids = past.ids.get(name);
      const idOf = finalId(feature, final);
      if (ids !== undefined) return this.idsOf(name, ids, idOf);
      const numbers = past.numbers.get(name);
      if (numbers !== undefined) return this.numbersOf(name, numbers);
      const vectors = past.vectors.get(name);
      return vectors === undefined
        ? this.setsOf(name, idOf)
        : this.vectorsOf(name, vectors, widthOf(feature));
    });
  }

  /** Sets the users of the rows that are read next. */
  enter(moments: UserTimes): void {
    this.moments = moments;
  }

  /** By field: the cells of the steps of a row that `enter` named; only if they are kept. */
  cellsOf(row: number): ReadonlyMap<string, readonly RawCell[]> {
    const [from, to] = this.seen(this.moments!.users[row]!, this.moments!.times[row]!);
    const events = this.rowsOf(from, to);
    return new Map(
      [...this.past.cells!].map(([field, cells]) => [field, Array.from(events, (event) => cells[event]!)]),
    );
  }

  read({ rows }: RawChunk): void {
    const { users, times } = this.moments!;
    for (let row = 0; row < rows; row++) {
      const [from, to] = this.seen(users[row]!, times[row]!);
      for (const field of this.fields) field.copy(from, to);
      this.start.push(this.stored);
      this.stored += to - from;
      this.total += to - from;
      this.end.push(this.stored);
    }
  }

  taken(take: Take): HistoryColumns<Float64Array> {
    const columns: Taken = { steps: new Map(), numbers: new Map(), sets: new Map() };
    for (const field of this.fields) field.taken(take, columns);
    this.stored = 0;
    return { ...columns, start: this.start[take](), end: this.end[take]() };
  }

  /** The events that are the steps of a row. */
  private seen(cell: RawCell, time: number): readonly [from: number, to: number] {
    const { users, first, delay, window } = this.past;
    const user = cell === null || Array.isArray(cell) ? -1 : users.find(cell);
    if (user < 0) return [0, 0];
    const begin = first[user]!;
    const [from, to] = seenAt(this.timesOf(begin, first[user + 1]!), time, delay, window);
    return [begin + Math.max(from, to - this.history.max), begin + to];
  }

  private timesOf(from: number, to: number): Float64Array {
    const { times } = this.past;
    if (times.kind === "memory") return times.values.subarray(from, to);
    if (this.buffer.times.length < to - from) this.buffer.times = new Float64Array(2 * (to - from));
    return this.reader.read(times, from, this.buffer.times.subarray(0, to - from));
  }

  private idsOf(name: string, column: Column<Int32Array>, idOf: (id: number) => number): Field {
    const builder = ColumnBuilder.int32();
    const values = this.valuesOf(column, int32s);
    return {
      name,
      copy: (from, to) => {
        if (from < to) for (const id of values(from, to)) builder.push(idOf(id));
      },
      taken: (take, { steps }) => {
        steps.set(name, builder[take]());
      },
    };
  }

  private numbersOf(name: string, column: Column<Float64Array>): Field {
    const builder = ColumnBuilder.float64();
    const values = this.valuesOf(column, float64s);
    return {
      name,
      copy: (from, to) => {
        if (from < to) for (const value of values(from, to)) builder.push(value);
      },
      taken: (take, { numbers }) => {
        numbers.set(name, builder[take]());
      },
    };
  }

  private vectorsOf(name: string, column: Column<Float32Array>, width: number): Field {
    const builder = ColumnBuilder.float64();
    const values = this.valuesOf(column, float32s);
    return {
      name,
      copy: (from, to) => {
        for (const row of this.rowsOf(from, to))
          for (const value of values(row * width, (row + 1) * width)) builder.push(value);
      },
      taken: (take, { numbers }) => {
        numbers.set(name, builder[take]());
      },
    };
  }

  private setsOf(name: string, idOf: (id: number) => number): Field {
    const { ids, weights, bounds } = this.past.sets.get(name)!;
    const [values, ends] = [this.valuesOf(ids, int32s), this.valuesOf(bounds, int32s)];
    const weightsIn = weights && this.valuesOf(weights, float32s);
    const own = {
      ids: ColumnBuilder.int32(),
      weights: weights && ColumnBuilder.float32(),
      start: ColumnBuilder.int32(),
      end: ColumnBuilder.int32(),
    };
    return {
      name,
      copy: (from, to) => {
        for (const row of this.rowsOf(from, to)) {
          const [begin, end] = ends(row, row + 2);
          own.start.push(own.ids.length);
          if (begin! < end!) for (const id of values(begin!, end!)) own.ids.push(idOf(id));
          if (begin! < end! && weightsIn !== null)
            for (const weight of weightsIn(begin!, end!)) own.weights!.push(weight);
          own.end.push(own.ids.length);
        }
      },
      taken: (take, { sets }) => {
        const [ids, start, end] = [own.ids[take](), own.start[take](), own.end[take]()];
        sets.set(name, { ids, weights: own.weights?.[take]() ?? null, start, end });
      },
    };
  }

  /** The rows of events in the log. */
  private rowsOf(from: number, to: number): Int32Array {
    return from < to ? this.valuesOf(this.past.row!, int32s)(from, to).slice() : new Int32Array(0);
  }

  /** Returns numbers of a column, which are valid until the next call for that column. */
  private valuesOf<T extends NumberArray>(
    column: Column<T>,
    make: NumbersOf<T>,
  ): (from: number, to: number) => T {
    if (column.kind === "memory") return (from, to) => column.values.subarray(from, to) as T;
    let buffer = make(256);
    return (from, to) => {
      if (buffer.length < to - from) buffer = make(2 * (to - from));
      return this.reader.read(column, from, buffer.subarray(0, to - from) as T);
    };
  }
}

function finalId(feature: Feature, final: FinalIds): (id: number) => number {
  const ids = final.get(ownerOf(feature));
  return ids === undefined ? asItIs : (id) => ids[id]!;
}

function asItIs(value: number): number {
  return value;
}
