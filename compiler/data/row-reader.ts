// Reads rows of a source by column and index of each value, so that the same code reads rows in memory,
// columns in files and an event log.

import { cached } from "../common/maps.ts";
import type { Column, ColumnReader, NumberArray } from "./columns.ts";
import { type Bounds, countOf, type RowIndices, type Runs, readAt, runsAt } from "./row-indices.ts";

/**
 * The kind of index of a column: the row or step itself, its item, user or event, or the event's line in the
 * file.
 */
export type IndexedBy = "self" | "item" | "user" | "event" | "line";

export interface LocatedColumn<T extends NumberArray> {
  readonly column: Column<T>;
  readonly by: IndexedBy;
}

export interface FoundNumbers extends LocatedColumn<Float32Array> {
  /** The number of numbers in a value. */
  readonly width: number;
}

export interface FoundSets {
  readonly ids: Column<Int32Array>;
  readonly weights: Column<Float32Array> | null;
  readonly bounds: Bounds;
  readonly by: IndexedBy;
}

/** By feature, or by field of a history: its location. */
export interface ReadableColumns {
  readonly ids: ReadonlyMap<string, LocatedColumn<Int32Array>>;
  readonly numbers: ReadonlyMap<string, FoundNumbers>;
  readonly sets: ReadonlyMap<string, FoundSets>;
}

/** Reads a source in one thread; `files` has its open files. */
export interface RowReader {
  readonly files: ColumnReader;
  readonly own: ReadableColumns;
  /** By history: the columns of its steps. */
  readonly steps: ReadonlyMap<string, ReadableColumns>;
  readonly labels: readonly string[];
  readonly groups: ReadonlyMap<string, LocatedColumn<Int32Array>>;
  at(rows: Int32Array): RowIndexer;
}

export interface RowIndexer {
  of(by: IndexedBy): RowIndices;
  stepsOf(history: string): StepIndexer;
  label(name: string, out: Float32Array): Float32Array;
}

export interface StepIndexer {
  /** The steps of each row. */
  readonly runs: Runs;
  of(by: IndexedBy): RowIndices;
}

/** Makes the array that values are written into. */
export type Make<T extends NumberArray> = (length: number) => T;

/** A feature, or a history's field. */
export interface FieldAddress {
  readonly feature: string;
  readonly history: string | null;
}

export interface NumberAddress extends FieldAddress {
  readonly width: number;
}

/** Some rows of a source. */
export class RowValues {
  private readonly reader: RowReader;
  private readonly places: RowIndexer;
  private readonly steps = new Map<string, StepIndexer>();

  constructor(reader: RowReader, rows: Int32Array) {
    this.reader = reader;
    this.places = reader.at(rows);
  }

  has({ feature, history }: FieldAddress): boolean {
    const { ids, numbers, sets } = this.columns(history);
    return [ids, numbers, sets].some((columns) => columns.has(feature));
  }

  stepsOf(history: string): StepIndexer {
    return cached(this.steps, history, () => this.places.stepsOf(history));
  }

  ids({ feature, history }: FieldAddress, make: Make<Int32Array>): Int32Array {
    const { column, by } = this.columns(history).ids.get(feature)!;
    return this.read(column, this.of(history, by), make);
  }

  numbers({ feature, history, width }: NumberAddress, make: Make<Float32Array>): Float32Array {
    const { column, by } = this.columns(history).numbers.get(feature)!;
    return this.read(column, this.of(history, by), make, width);
  }

  /** The values of sets, and the run of each set. */
  sets(
    { feature, history }: FieldAddress,
    make: Make<Int32Array>,
  ): { readonly ids: Int32Array; readonly runs: Runs } {
    const { ids, bounds, by } = this.columns(history).sets.get(feature)!;
    const runs = runsAt(this.reader.files, bounds, this.of(history, by));
    return { ids: this.read(ids, runs, make), runs };
  }

  /** The weights of the values in runs of sets. */
  weights({ feature, history }: FieldAddress, runs: Runs, make: Make<Float32Array>): Float32Array | null {
    const { weights } = this.columns(history).sets.get(feature)!;
    return weights && this.read(weights, runs, make);
  }

  hasGroup(feature: string): boolean {
    return this.reader.groups.has(feature);
  }

  group(feature: string, make: Make<Int32Array>): Int32Array {
    const { column, by } = this.reader.groups.get(feature)!;
    return this.read(column, this.places.of(by), make);
  }

  label(name: string, out: Float32Array): Float32Array {
    return this.places.label(name, out);
  }

  private columns(history: string | null): ReadableColumns {
    return history === null ? this.reader.own : this.reader.steps.get(history)!;
  }

  private of(history: string | null, by: IndexedBy): RowIndices {
    return history === null ? this.places.of(by) : this.stepsOf(history).of(by);
  }

  private read<T extends NumberArray>(column: Column<T>, places: RowIndices, make: Make<T>, width = 1): T {
    return readAt(this.reader.files, column, places, make(width * countOf(places)), width);
  }
}
