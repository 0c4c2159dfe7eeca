// Columns of any length: in shared memory as long as there is room for them, in files otherwise, where they are read by
// position. What is read is the same. A column is plain data, so that a worker can be given it.

import { closeSync, openSync, readSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";

export type Numbers = Int32Array | Float32Array | Float64Array;

export type Column<T extends Numbers> = MemoryColumn<T> | FileColumn;

export interface MemoryColumn<T extends Numbers> {
  readonly kind: "memory";
  readonly values: T;
}

/** Numbers of the machine, one after the other. */
export interface FileColumn {
  readonly kind: "file";
  readonly path: string;
  readonly length: number;
}

/** Makes arrays in shared memory, which several threads may read. */
export interface NumbersOf<T extends Numbers> {
  (length: number): T;
  /** Over the first `length` numbers of a buffer. */
  on(buffer: SharedArrayBuffer, length: number): T;
  readonly bytes: number;
}

function numbersOf<T extends Numbers>(bytes: number, on: NumbersOf<T>["on"]): NumbersOf<T> {
  const make = (length: number) => on(new SharedArrayBuffer(bytes * length), length);
  return Object.assign(make, { on, bytes });
}

export const int32s = numbersOf<Int32Array>(4, (buffer, length) => new Int32Array(buffer, 0, length));
export const float32s = numbersOf<Float32Array>(4, (buffer, length) => new Float32Array(buffer, 0, length));
export const float64s = numbersOf<Float64Array>(8, (buffer, length) => new Float64Array(buffer, 0, length));

export function inMemory<T extends Numbers>(values: T): MemoryColumn<T> {
  return { kind: "memory", values };
}

export function lengthOf<T extends Numbers>(column: Column<T>): number {
  return column.kind === "memory" ? column.values.length : column.length;
}

/** Numbers from … to − 1 of an array, which TypeScript calls an array of any kind. */
export function part<T extends Numbers>(values: T, from: number, to: number): T {
  return values.subarray(from, to) as T;
}

/** Numbers that are read or written at a time where all of a column are. */
export const PIECE = 1 << 16;

/** Bytes that one array may have. */
const LONGEST = 2 ** 32 - 2 ** 20;

/** Bytes that are read or written in one call; Node takes no more than twice as many. */
const AT_ONCE = 2 ** 30;

/** Reads columns; each thread has its own. */
export class ColumnReader {
  private readonly files = new Map<string, number>();
  private readonly one = new Int32Array(1);

  /** Puts the numbers from `from` on into `out`, as many as it has. */
  read<T extends Numbers>(column: Column<T>, from: number, out: T): T {
    if (column.kind === "memory") {
      out.set(column.values.subarray(from, from + out.length));
      return out;
    }
    const bytes = new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
    const file = this.open(column.path);
    for (let done = 0; done < bytes.length; ) {
      const length = Math.min(bytes.length - done, AT_ONCE);
      const read = readSync(file, bytes, done, length, from * out.BYTES_PER_ELEMENT + done);
      if (read === 0) throw new Error(`${column.path} is shorter than it was written`);
      done += read;
    }
    return out;
  }

  int32(column: Column<Int32Array>, at: number): number {
    return column.kind === "memory" ? column.values[at]! : this.read(column, at, this.one)[0]!;
  }

  /** The whole column, piece by piece; a piece lives until the next is asked for. */
  *pieces<T extends Numbers>(
    column: Column<T>,
    make: NumbersOf<T>,
    from = 0,
    to = lengthOf(column),
  ): Generator<{ readonly from: number; readonly values: T }> {
    const buffer = column.kind === "memory" ? null : make(Math.min(PIECE, to - from));
    for (let at = from; at < to; at += PIECE) {
      const length = Math.min(PIECE, to - at);
      const values =
        column.kind === "memory"
          ? part(column.values, at, at + length)
          : this.read(column, at, part(buffer!, 0, length));
      yield { from: at, values };
    }
  }

  close(): void {
    for (const file of this.files.values()) closeSync(file);
    this.files.clear();
  }

  private open(path: string): number {
    let file = this.files.get(path);
    if (file === undefined) this.files.set(path, (file = openSync(path, "r")));
    return file;
  }
}

/** Makes columns, in memory until `room` bytes are taken. Numbers of a column are given once, in their order. */
export class ColumnStore {
  private readonly folder: () => string;
  private room: number;
  private readonly paths = new Set<string>();
  private made = 0;

  /** `folder` is asked for when the first column does not fit. */
  constructor(room: number, folder: () => string) {
    this.room = room;
    this.folder = folder;
  }

  /** Bytes of the columns in files. */
  get onDisk(): number {
    let bytes = 0;
    for (const path of this.paths) bytes += statSync(path).size;
    return bytes;
  }

  /** What is not taken. */
  leftRoom(): { readonly bytes: number; readonly newPath: () => string } {
    return { bytes: this.room, newPath: () => this.newPath() };
  }

  /** For exactly `length` numbers. */
  column<T extends Numbers>(make: NumbersOf<T>, length: number): ColumnWriter<T> {
    return this.take(length * make.bytes)
      ? new MemoryWriter(make(length))
      : new FileWriter(make, this.newPath());
  }

  /** For any number of them: in memory until there is no room, then in a file; see `settled`. */
  growing<T extends Numbers>(make: NumbersOf<T>): ColumnWriter<T> {
    return new GrowingWriter(make, this);
  }

  /** In a file, for any number of them. */
  inFile<T extends Numbers>(make: NumbersOf<T>): ColumnWriter<T> {
    return new FileWriter(make, this.newPath());
  }

  /** Whether there is room for an array, or for more of one; it is taken then. */
  take(bytes: number): boolean {
    if (bytes > this.room || bytes > LONGEST) return false;
    this.room -= bytes;
    return true;
  }

  /** There is room for so much more. */
  give(bytes: number): void {
    this.room += bytes;
  }

  /** A column that has grown, in memory where there is room for it. */
  settled<T extends Numbers>(column: Column<T>, reader: ColumnReader, make: NumbersOf<T>): Column<T> {
    if (column.kind === "memory" || !this.take(lengthOf(column) * make.bytes)) return column;
    const values = reader.read(column, 0, make(column.length));
    this.remove(column);
    return inMemory(values);
  }

  /** Does `change` to the numbers of the column, piece by piece. */
  rewrite<T extends Numbers>(
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

  /** Nobody reads the column any more. */
  remove<T extends Numbers>(column: Column<T>): void {
    if (column.kind === "memory") this.room += column.values.byteLength;
    else {
      this.paths.delete(column.path);
      rmSync(column.path);
    }
  }

  /** A file of its own, where something does not fit into memory. */
  private newPath(): string {
    const path = join(this.folder(), `column-${this.made++}`);
    this.paths.add(path);
    return path;
  }
}

export interface ColumnWriter<T extends Numbers> {
  push(value: number): void;
  append(values: T): void;
  finish(): Column<T>;
}

class MemoryWriter<T extends Numbers> implements ColumnWriter<T> {
  private readonly values: T;
  private used = 0;

  constructor(values: T) {
    this.values = values;
  }

  push(value: number): void {
    this.values[this.used++] = value;
  }

  append(values: T): void {
    this.values.set(values, this.used);
    this.used += values.length;
  }

  finish(): Column<T> {
    return inMemory(this.values);
  }
}

/** Grows in place, so that no second copy of a column is ever needed. */
class GrowingWriter<T extends Numbers> implements ColumnWriter<T> {
  private readonly make: NumbersOf<T>;
  private readonly store: ColumnStore;
  /** What was given last; a short column is nothing else. */
  private readonly piece: T;
  private used = 0;
  /** What was given before it: in `buffer`, later in `file`. */
  private buffer: SharedArrayBuffer | null = null;
  private kept = 0;
  private file: ColumnWriter<T> | null = null;

  constructor(make: NumbersOf<T>, store: ColumnStore) {
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

  /** Whether there is room for so many more. */
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

class FileWriter<T extends Numbers> implements ColumnWriter<T> {
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

/** Writes the first `count` of `values` to place `at`, both in numbers. */
export function writeAll(file: number, values: Numbers, count: number, at: number): void {
  const size = values.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(values.buffer, values.byteOffset, count * size);
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, Math.min(bytes.length - done, AT_ONCE), at * size + done);
}
