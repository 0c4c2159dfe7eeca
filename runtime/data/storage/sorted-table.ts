// Sorts the events of a log by user and time. Rows are added in chunks, in the order of the file, and come back sorted. They
// are sorted in memory while there is room; otherwise sorted runs of them go to files, which are merged.

import {
  type Column,
  type ColumnReader,
  float64s,
  lengthOf,
  type NumberArray,
  PIECE,
  part,
} from "../../../compiler/data/columns.ts";
import { type SpillingStore, withReader } from "./spilling-store.ts";

export interface TableColumn {
  readonly type: "int32" | "float64";
}

/** Values of consecutive rows, by column. */
export type TableChunk = readonly NumberArray[];

/** The bytes of memory that tables may still take. */
export interface SortingRoom {
  bytes: number;
}

/**
 * The user, −1 if there is none, and the time in two parts; equal rows keep the order in which they were
 * added.
 */
const KEYS = ["int32", "float64", "float64"] as const;

/** The place of the first column after the keys. */
export const AFTER_KEYS = KEYS.length;

/** The bytes of a row's place and time while it is sorted. */
const BYTES_OF_SORTING = 24;

export class SortedTable {
  private readonly types: readonly TableColumn["type"][];
  private readonly width: number;
  private readonly store: SpillingStore;
  private readonly room: SortingRoom;
  /** The rows that are not in `runs` yet, one after the other: each is then in one place of memory. */
  private rows = new Float64Array(0);
  private used = 0;
  /** Sorted rows in files. */
  private runs: Column<Float64Array>[] = [];

  /** `others` are the columns after the keys. */
  constructor(others: readonly TableColumn[], store: SpillingStore, room: SortingRoom) {
    this.types = [...KEYS, ...others.map(({ type }) => type)];
    this.width = this.types.length;
    this.store = store;
    this.room = room;
  }

  /** Adds at most PIECE rows. */
  append(count: number, values: TableChunk): void {
    if (!this.hasRoom(count)) this.spill();
    const { rows, width } = this;
    for (const [i, column] of values.entries())
      for (let row = 0, at = width * this.used + i; row < count; row++, at += width) rows[at] = column[row]!;
    this.used += count;
  }

  /** Visits the rows in order, many at a time; their arrays are used again. Must be called once. */
  sorted(visit: (count: number, values: TableChunk) => void): void {
    const chunk = this.types.map((type) =>
      type === "int32" ? new Int32Array(PIECE) : new Float64Array(PIECE),
    );
    let count = 0;
    const take = (rows: Float64Array, at: number) => {
      for (let i = 0; i < chunk.length; i++) chunk[i]![count] = rows[at + i]!;
      if (++count < PIECE) return;
      visit(count, chunk);
      count = 0;
    };
    if (this.runs.length === 0) this.inOrder(take);
    else {
      this.spill();
      withReader((reader) => this.merge(reader, take));
    }
    if (count > 0) visit(count, chunk);
  }

  close(): void {
    this.room.bytes += this.bytesOf(this.rows);
    this.rows = new Float64Array(0);
    for (const run of this.runs) this.store.remove(run);
    this.runs = [];
  }

  private bytesOf({ length }: Float64Array): number {
    return (length / this.width) * (8 * this.width + BYTES_OF_SORTING);
  }

  /** Whether `count` more rows fit, for which it may take more room. */
  private hasRoom(count: number): boolean {
    const { rows, width, used } = this;
    if (width * (used + count) <= rows.length) return true;
    const larger = new Float64Array(Math.max(width * PIECE, 2 * rows.length));
    const bytes = this.bytesOf(larger) - this.bytesOf(rows);
    if (bytes > this.room.bytes && used > 0) return false;
    this.room.bytes -= bytes;
    larger.set(rows);
    this.rows = larger;
    return true;
  }

  /** Writes the rows in memory to a file, sorted. */
  private spill(): void {
    const { width } = this;
    const writer = this.store.inFile(float64s);
    const piece = new Float64Array(width * Math.min(PIECE, this.used));
    let filled = 0;
    this.inOrder((rows, at) => {
      for (let i = 0; i < width; i++) piece[filled++] = rows[at + i]!;
      if (filled < piece.length) return;
      writer.append(piece);
      filled = 0;
    });
    writer.append(piece.subarray(0, filled));
    this.runs.push(writer.finish());
    this.used = 0;
  }

  private merge(reader: ColumnReader, take: (rows: Float64Array, at: number) => void): void {
    const { runs, rows, width } = this;
    const piece = width * Math.max(64, Math.min(PIECE, Math.floor(rows.length / width / runs.length)));
    const cursors = runs.map((run) => new Cursor(run, width, new Float64Array(piece), reader));
    for (let open = cursors.filter((cursor) => cursor.next()); open.length > 0; ) {
      let [first] = open as [Cursor];
      for (const cursor of open) if (cursor.isBefore(first)) first = cursor;
      take(first.values, first.at);
      if (!first.next()) open = open.filter((cursor) => cursor !== first);
    }
  }

  /** Takes the rows in memory in their order: those of each user together, by their times. */
  private inOrder(take: (rows: Float64Array, at: number) => void): void {
    const { rows, width, used } = this;
    let [last, most] = [-1, 0];
    for (let row = 0; row < used; row++) last = Math.max(last, rows[width * row]!);
    // By user + 1: the end of the rows of the one before, and later of their own.
    const ends = new Int32Array(last + 3);
    for (let row = 0; row < used; row++) ends[rows[width * row]! + 2]! += 1;
    for (let user = 0; user < last + 2; user++) {
      most = Math.max(most, ends[user + 1]!);
      ends[user + 1]! += ends[user]!;
    }
    const order = new Int32Array(used);
    for (let row = 0; row < used; row++) order[ends[rows[width * row]! + 1]!++] = row;
    const times = new TimesOfUser(most);
    for (let user = 0, start = 0; user < last + 2; start = ends[user++]!) {
      const own = order.subarray(start, ends[user]!);
      const places = times.sorted(rows, width, own);
      for (let i = 0; i < own.length; i++) take(rows, width * own[places[i]!]!);
    }
  }
}

/** Sorts the rows of one user by time. */
class TimesOfUser {
  private readonly highs: Float64Array;
  private readonly lows: Float64Array;
  private readonly places: Int32Array;
  private readonly spare: Int32Array;

  /** A user has at most `most` rows. */
  constructor(most: number) {
    this.highs = new Float64Array(most);
    this.lows = new Float64Array(most);
    this.places = new Int32Array(most);
    this.spare = new Int32Array(most);
  }

  /** The places in `own` of the rows in their order; equal ones keep theirs. Valid until the next call. */
  sorted(rows: Float64Array, width: number, own: Int32Array): Int32Array {
    const { highs, lows, places, spare } = this;
    const count = own.length;
    for (let i = 0; i < count; i++) {
      const at = width * own[i]!;
      highs[i] = rows[at + 1]!;
      lows[i] = rows[at + 2]!;
      places[i] = i;
    }
    // Ever longer parts that are sorted are merged.
    for (let width = 1; width < count; width *= 2)
      for (let start = 0; start + width < count; start += 2 * width) {
        const [middle, end] = [start + width, Math.min(start + 2 * width, count)];
        if (!this.isBefore(places[middle]!, places[middle - 1]!)) continue;
        for (let i = start; i < middle; i++) spare[i] = places[i]!;
        for (let left = start, right = middle, into = start; left < middle; into++)
          places[into] =
            right < end && this.isBefore(places[right]!, spare[left]!) ? places[right++]! : spare[left++]!;
      }
    return places;
  }

  private isBefore(a: number, b: number): boolean {
    const { highs, lows } = this;
    return highs[a]! < highs[b]! || (highs[a] === highs[b] && lows[a]! < lows[b]!);
  }
}

/** Reads a sorted run row by row. */
class Cursor {
  /** Some rows; the current one begins at index `at`. */
  readonly values: Float64Array;
  at = 0;
  private readonly run: Column<Float64Array>;
  private readonly width: number;
  private readonly reader: ColumnReader;
  private read = 0;
  private end = 0;

  constructor(run: Column<Float64Array>, width: number, values: Float64Array, reader: ColumnReader) {
    this.run = run;
    this.width = width;
    this.values = values;
    this.reader = reader;
  }

  /** Goes to the next row, at first to the first one; false after the last one. */
  next(): boolean {
    this.at += this.width;
    if (this.at < this.end) return true;
    this.at = 0;
    this.end = Math.min(this.values.length, lengthOf(this.run) - this.read);
    this.reader.read(this.run, this.read, part(this.values, 0, this.end));
    this.read += this.end;
    return this.end > 0;
  }

  isBefore(other: Cursor): boolean {
    for (let key = 0; key < AFTER_KEYS; key++) {
      const [own, others] = [this.values[this.at + key]!, other.values[other.at + key]!];
      if (own !== others) return own < others;
    }
    return false;
  }
}
