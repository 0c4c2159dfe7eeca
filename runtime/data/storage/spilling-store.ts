// Keeps columns in shared memory while there is room, and otherwise in files that are read by position. Both
// give the same values.

import { closeSync, openSync, readSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import {
  type Column,
  ColumnReader,
  type ColumnStore,
  type ColumnWriter,
  type FileColumn,
  inMemory,
  lengthOf,
  MemoryWriter,
  type NumberArray,
  type NumbersOf,
  PIECE,
  part,
} from "../../../compiler/data/columns.ts";

/** The most bytes of one array. */
const LONGEST = 2 ** 32 - 2 ** 20;

/** The most bytes of one call that reads or writes; Node allows at most twice as many. */
const AT_ONCE = 2 ** 30;

/** Reads columns in memory and in files; each thread has its own reader. */
export class FileReader extends ColumnReader {
  private readonly files = new Map<string, number>();

  override close(): void {
    for (const file of this.files.values()) closeSync(file);
    this.files.clear();
  }

  protected override readFile<T extends NumberArray>({ path }: FileColumn, from: number, out: T): T {
    const bytes = new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
    const file = this.open(path);
    for (let done = 0; done < bytes.length; ) {
      const length = Math.min(bytes.length - done, AT_ONCE);
      const read = readSync(file, bytes, done, length, from * out.BYTES_PER_ELEMENT + done);
      if (read === 0) throw new Error(`${path} is shorter than it was written`);
      done += read;
    }
    return out;
  }

  private open(path: string): number {
    let file = this.files.get(path);
    if (file === undefined) this.files.set(path, (file = openSync(path, "r")));
    return file;
  }
}

/** Passes a reader to `read`, and closes its files afterwards. */
export function withReader<T>(read: (reader: ColumnReader) => T): T {
  const reader = new FileReader();
  try {
    return read(reader);
  } finally {
    reader.close();
  }
}

/**
 * Makes columns, in memory until `room` bytes are used. The numbers of a column are written once, in order.
 */
export class SpillingStore implements ColumnStore {
  private readonly folder: () => string;
  private room: number;
  private readonly paths = new Set<string>();
  private made = 0;

  /** `folder` is called when the first column does not fit. */
  constructor(room: number, folder: () => string) {
    this.room = room;
    this.folder = folder;
  }

  /** The bytes of the columns in files. */
  get onDisk(): number {
    let bytes = 0;
    for (const path of this.paths) bytes += statSync(path).size;
    return bytes;
  }

  /** The memory that is still free. */
  leftRoom(): { readonly bytes: number; readonly newPath: () => string } {
    return { bytes: this.room, newPath: () => this.newPath() };
  }

  /** A column for exactly `length` numbers. */
  column<T extends NumberArray>(make: NumbersOf<T>, length: number): ColumnWriter<T> {
    return this.take(length * make.bytes)
      ? new MemoryWriter(make(length))
      : new FileWriter(make, this.newPath());
  }

  /** A column for any number of values: in memory while there is room, then in a file; see `settled`. */
  growing<T extends NumberArray>(make: NumbersOf<T>): ColumnWriter<T> {
    return new GrowingWriter(make, this);
  }

  /** A column in a file, for any number of values. */
  inFile<T extends NumberArray>(make: NumbersOf<T>): ColumnWriter<T> {
    return new FileWriter(make, this.newPath());
  }

  /** Takes room for an array, or for more of one; false if there is none. */
  take(bytes: number): boolean {
    if (bytes > this.room || bytes > LONGEST) return false;
    this.room -= bytes;
    return true;
  }

  /** Gives room back. */
  give(bytes: number): void {
    this.room += bytes;
  }

  /** The column in memory, if there is room for it now that its length is known. */
  settled<T extends NumberArray>(column: Column<T>, reader: ColumnReader, make: NumbersOf<T>): Column<T> {
    if (column.kind === "memory" || !this.take(lengthOf(column) * make.bytes)) return column;
    const values = reader.read(column, 0, make(column.length));
    this.remove(column);
    return inMemory(values);
  }

  /** Applies `change` to the numbers of the column, piece by piece. */
  rewrite<T extends NumberArray>(
    column: Column<T>,
    reader: ColumnReader,
    make: NumbersOf<T>,
    change: (values: T) => void,
  ): void {
    if (column.kind === "memory") {
      change(column.values);
      return;
    }
    const file = openSync(column.path, "r+");
    for (const { from, values } of reader.pieces(column, make)) {
      change(values);
      writeAll(file, values, values.length, from);
    }
    closeSync(file);
  }

  /** Removes a column that is no longer needed. */
  remove<T extends NumberArray>(column: Column<T>): void {
    if (column.kind === "memory") this.room += column.values.byteLength;
    else {
      this.paths.delete(column.path);
      rmSync(column.path);
    }
  }

  /** A new file for data that do not fit into memory. */
  private newPath(): string {
    const path = join(this.folder(), `column-${this.made++}`);
    this.paths.add(path);
    return path;
  }
}

/** Grows in place, so that a column is never copied. */
class GrowingWriter<T extends NumberArray> implements ColumnWriter<T> {
  private readonly make: NumbersOf<T>;
  private readonly store: SpillingStore;
  /** The latest values; a short column consists of these only. */
  private readonly piece: T;
  private used = 0;
  /** The earlier values: in `buffer`, later in `file`. */
  private buffer: SharedArrayBuffer | null = null;
  private kept = 0;
  private file: ColumnWriter<T> | null = null;

  constructor(make: NumbersOf<T>, store: SpillingStore) {
    this.make = make;
    this.store = store;
    this.piece = make(PIECE);
  }

  push(value: number): void {
    if (this.used === PIECE) this.flush();
    this.piece[this.used++] = value;
  }

  append(values: T): void {
    for (let from = 0; from < values.length; ) {
      if (this.used === PIECE) this.flush();
      const count = Math.min(PIECE - this.used, values.length - from);
      this.piece.set(values.subarray(from, from + count), this.used);
      this.used += count;
      from += count;
    }
  }

  finish(): Column<T> {
    if (this.file === null && this.buffer === null) {
      const writer = this.store.column(this.make, this.used);
      writer.append(part(this.piece, 0, this.used));
      return writer.finish();
    }
    this.flush();
    return this.file?.finish() ?? inMemory(this.make.on(this.buffer!, this.kept));
  }

  private flush(): void {
    const values = part(this.piece, 0, this.used);
    this.used = 0;
    if (this.file === null && this.grow(values.length)) {
      this.make.on(this.buffer!, this.kept).set(values, this.kept - values.length);
      return;
    }
    this.file ??= this.spilled();
    this.file.append(values);
  }

  /** Makes room for `count` more values; false if there is none. */
  private grow(count: number): boolean {
    const { bytes } = this.make;
    this.buffer ??= new SharedArrayBuffer(0, {
      maxByteLength: Math.min(LONGEST, this.store.leftRoom().bytes),
    });
    const length = (this.kept + count) * bytes;
    if (length > this.buffer.maxByteLength || !this.store.take(count * bytes)) return false;
    this.buffer.grow(length);
    this.kept += count;
    return true;
  }

  private spilled(): ColumnWriter<T> {
    const file = this.store.inFile(this.make);
    if (this.buffer !== null) file.append(this.make.on(this.buffer, this.kept));
    this.store.give(this.kept * this.make.bytes);
    this.buffer = null;
    this.kept = 0;
    return file;
  }
}

class FileWriter<T extends NumberArray> implements ColumnWriter<T> {
  private readonly path: string;
  private readonly file: number;
  private readonly piece: T;
  private used = 0;
  private written = 0;

  constructor(make: NumbersOf<T>, path: string) {
    this.path = path;
    this.file = openSync(path, "w");
    this.piece = make(PIECE);
  }

  push(value: number): void {
    if (this.used === PIECE) this.flush();
    this.piece[this.used++] = value;
  }

  append(values: T): void {
    if (values.length < PIECE - this.used) {
      this.piece.set(values, this.used);
      this.used += values.length;
      return;
    }
    this.flush();
    writeAll(this.file, values, values.length, this.written);
    this.written += values.length;
  }

  finish(): Column<T> {
    this.flush();
    closeSync(this.file);
    return { kind: "file", path: this.path, length: this.written };
  }

  private flush(): void {
    writeAll(this.file, this.piece, this.used, this.written);
    this.written += this.used;
    this.used = 0;
  }
}

/** Writes the first `count` of `values` at index `at` of the file, counted in numbers. */
export function writeAll(file: number, values: NumberArray, count: number, at: number): void {
  const size = values.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(values.buffer, values.byteOffset, count * size);
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, Math.min(bytes.length - done, AT_ONCE), at * size + done);
}
