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

/** The bytes of a row's place while it is sorted. */
const BYTES_OF_PLACES = 8;

export class SortedTable {
  private readonly types: readonly TableColumn["type"][];
  private readonly bytesARow: number;
  private readonly store: SpillingStore;
  private readonly room: SortingRoom;
  /** The rows that are not in `runs` yet, by column. */
  private columns: NumberArray[];
  private used = 0;
  /** Sorted rows in files, one row after the other. */
  private runs: Column<Float64Array>[] = [];

  /** `others` are the columns after the keys. */
  constructor(others: readonly TableColumn[], store: SpillingStore, room: SortingRoom) {
    this.types = [...KEYS, ...others.map(({ type }) => type)];
    this.bytesARow = this.types.reduce((sum, type) => sum + (type === "int32" ? 4 : 8), BYTES_OF_PLACES);
    this.store = store;
    this.room = room;
    this.columns = this.newRows(0);
  }

  /** Adds at most PIECE rows. */
  append(rows: number, values: TableChunk): void {
    if (!this.hasRoom(rows)) this.spill();
    for (const [i, column] of values.entries()) this.columns[i]!.set(column, this.used);
    this.used += rows;
  }

  /** Visits the rows in order, many at a time; their arrays are used again. Must be called once. */
  sorted(visit: (rows: number, values: TableChunk) => void): void {
    if (this.runs.length === 0) {
      const order = this.order();
      const chunk = this.newRows(Math.min(PIECE, this.used));
      for (let from = 0; from < this.used; from += PIECE) {
        const some = order.subarray(from, from + PIECE);
        for (const [i, values] of chunk.entries()) gather(this.columns[i]!, some, values);
        visit(some.length, chunk);
      }
      return;
    }
    this.spill();
    withReader((reader) => this.merge(reader, visit));
  }

  close(): void {
    this.room.bytes += this.bytesARow * this.columns[0]!.length;
    this.columns = this.newRows(0);
    for (const run of this.runs) this.store.remove(run);
    this.runs = [];
  }

  private newRows(rows: number): NumberArray[] {
    return this.types.map((type) => (type === "int32" ? new Int32Array(rows) : new Float64Array(rows)));
  }

  /** Whether `rows` more rows fit, for which it may take more room. */
  private hasRoom(rows: number): boolean {
    const before = this.columns[0]!.length;
    if (this.used + rows <= before) return true;
    const after = Math.max(PIECE, 2 * before);
    const bytes = this.bytesARow * (after - before);
    if (bytes > this.room.bytes && before > 0) return false;
    this.room.bytes -= bytes;
    this.columns = this.columns.map((column) => {
      const larger = column instanceof Int32Array ? new Int32Array(after) : new Float64Array(after);
      larger.set(column);
      return larger;
    });
    return true;
  }

  /** Writes the rows in memory to a file, sorted. */
  private spill(): void {
    const width = this.columns.length;
    const writer = this.store.inFile(float64s);
    const order = this.order();
    const piece = new Float64Array(width * Math.min(PIECE, this.used));
    for (let from = 0; from < this.used; from += PIECE) {
      const some = order.subarray(from, from + PIECE);
      for (const [i, column] of this.columns.entries())
        for (let row = 0; row < some.length; row++) piece[width * row + i] = column[some[row]!]!;
      writer.append(piece.subarray(0, width * some.length));
    }
    this.runs.push(writer.finish());
    this.used = 0;
  }

  private merge(reader: ColumnReader, visit: (rows: number, values: TableChunk) => void): void {
    const width = this.columns.length;
    const piece = Math.max(64, Math.min(PIECE, Math.floor(this.columns[0]!.length / this.runs.length)));
    const cursors = this.runs.map((run) => new Cursor(run, width, piece, reader));
    const chunk = this.newRows(piece);
    let rows = 0;
    for (let open = cursors.filter((cursor) => cursor.next()); open.length > 0; ) {
      let [first] = open as [Cursor];
      for (const cursor of open) if (cursor.isBefore(first)) first = cursor;
      for (let i = 0; i < width; i++) chunk[i]![rows] = first.values[first.at + i]!;
      rows += 1;
      if (!first.next()) open = open.filter((cursor) => cursor !== first);
      if (rows < piece && open.length > 0) continue;
      visit(rows, chunk);
      rows = 0;
    }
  }

  /** The rows in memory in their order: those of each user together, then the times of each user. */
  private order(): Int32Array {
    const [users, highs, lows] = this.columns as [Int32Array, Float64Array, Float64Array];
    let most = -1;
    for (let row = 0; row < this.used; row++) if (users[row]! > most) most = users[row]!;
    // By user + 1: the end of the rows of the one before, and later of their own.
    const ends = new Int32Array(most + 3);
    for (let row = 0; row < this.used; row++) ends[users[row]! + 2]! += 1;
    for (let user = 0; user < most + 2; user++) ends[user + 1]! += ends[user]!;
    const order = new Int32Array(this.used);
    for (let row = 0; row < this.used; row++) order[ends[users[row]! + 1]!++] = row;
    const spare = new Int32Array(this.used);
    for (let user = 0, start = 0; user < most + 2; start = ends[user++]!)
      sortByTime(order, spare, start, ends[user]!, highs, lows);
    return order;
  }
}

/** Sorts the rows order[from] … order[to − 1] by time: ever longer parts that are sorted are merged. */
function sortByTime(
  order: Int32Array,
  spare: Int32Array,
  from: number,
  to: number,
  highs: Float64Array,
  lows: Float64Array,
): void {
  const isBefore = (a: number, b: number) =>
    highs[a]! < highs[b]! || (highs[a] === highs[b] && lows[a]! < lows[b]!);
  let isSorted = true;
  for (let i = from + 1; i < to && isSorted; i++) isSorted = !isBefore(order[i]!, order[i - 1]!);
  if (isSorted) return;
  for (let width = 1; width < to - from; width *= 2)
    for (let start = from; start + width < to; start += 2 * width) {
      const [middle, end] = [start + width, Math.min(start + 2 * width, to)];
      if (!isBefore(order[middle]!, order[middle - 1]!)) continue;
      for (let i = start; i < middle; i++) spare[i] = order[i]!;
      for (let left = start, right = middle, into = start; left < middle; into++)
        order[into] = right < end && isBefore(order[right]!, spare[left]!) ? order[right++]! : spare[left++]!;
    }
}

function gather(column: NumberArray, places: Int32Array, out: NumberArray): void {
  for (let i = 0; i < places.length; i++) out[i] = column[places[i]!]!;
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

  constructor(run: Column<Float64Array>, width: number, rows: number, reader: ColumnReader) {
    this.run = run;
    this.width = width;
    this.values = new Float64Array(width * rows);
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
