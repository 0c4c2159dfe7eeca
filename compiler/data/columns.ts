// Columns of any length: arrays in memory, or numbers in files, read by position by a `ColumnReader` that has
// files. A column is plain data, so that it can be sent to a worker.

import { InternalError } from "../common/internal-error.ts";

export type NumberArray = Int32Array | Float32Array | Float64Array;

export type Column<T extends NumberArray> = MemoryColumn<T> | FileColumn;

export interface MemoryColumn<T extends NumberArray> {
  readonly kind: "memory";
  readonly values: T;
}

/** Consecutive numbers in the machine's format. */
export interface FileColumn {
  readonly kind: "file";
  readonly path: string;
  readonly length: number;
}

/**
 * Makes arrays in shared memory, for several threads; in a web page that may not share memory, in its own.
 */
export interface NumbersOf<T extends NumberArray> {
  (length: number): T;
  /** Over the first `length` numbers of a buffer. */
  on(buffer: ArrayBuffer | SharedArrayBuffer, length: number): T;
  readonly bytes: number;
}

function numbersOf<T extends NumberArray>(bytes: number, on: NumbersOf<T>["on"]): NumbersOf<T> {
  const isShared = typeof SharedArrayBuffer !== "undefined";
  const buffer = (size: number) => (isShared ? new SharedArrayBuffer(size) : new ArrayBuffer(size));
  return Object.assign((length: number) => on(buffer(bytes * length), length), { on, bytes });
}

export const int32s: NumbersOf<Int32Array> = numbersOf(
  4,
  (buffer, length) => new Int32Array(buffer, 0, length),
);
export const float32s: NumbersOf<Float32Array> = numbersOf(
  4,
  (buffer, length) => new Float32Array(buffer, 0, length),
);
export const float64s: NumbersOf<Float64Array> = numbersOf(
  8,
  (buffer, length) => new Float64Array(buffer, 0, length),
);

export function inMemory<T extends NumberArray>(values: T): MemoryColumn<T> {
  return { kind: "memory", values };
}

export function lengthOf<T extends NumberArray>(column: Column<T>): number {
  return column.kind === "memory" ? column.values.length : column.length;
}

/** The numbers `from` … `to` − 1 of an array, with the array's own type. */
export function part<T extends NumberArray>(values: T, from: number, to: number): T {
  return values.subarray(from, to) as T;
}

/** The numbers per piece when a whole column is read or written. */
export const PIECE = 1 << 16;

/** Reads columns in memory. Each thread has its own. */
export class ColumnReader {
  private readonly one = new Int32Array(1);

  /** Fills `out` with the numbers from `from` on. */
  read<T extends NumberArray>(column: Column<T>, from: number, out: T): T {
    if (column.kind === "file") return this.readFile(column, from, out);
    out.set(column.values.subarray(from, from + out.length));
    return out;
  }

  int32(column: Column<Int32Array>, at: number): number {
    return column.kind === "memory" ? column.values[at]! : this.read(column, at, this.one)[0]!;
  }

  /** The whole column piece by piece; a piece is valid until the next one is requested. */
  *pieces<T extends NumberArray>(
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

  /** Nothing may be read afterwards. */
  close(): void {}

  protected readFile<T extends NumberArray>({ path }: FileColumn, _from: number, _out: T): T {
    throw new InternalError(`${path} is not in memory`);
  }
}

export interface ColumnWriter<T extends NumberArray> {
  push(value: number): void;
  append(values: T): void;
  finish(): Column<T>;
}

/** Makes, changes and removes columns. */
export interface ColumnStore {
  /** A column for exactly `length` numbers. */
  column<T extends NumberArray>(make: NumbersOf<T>, length: number): ColumnWriter<T>;
  /** Applies `change` to the numbers of the column, piece by piece. */
  rewrite<T extends NumberArray>(
    column: Column<T>,
    reader: ColumnReader,
    make: NumbersOf<T>,
    change: (values: T) => void,
  ): void;
  /** Removes a column that is no longer read. */
  remove<T extends NumberArray>(column: Column<T>): void;
}

/** The store for columns, and this thread's reader. */
export interface ColumnMemory<Store extends ColumnStore = ColumnStore> {
  readonly store: Store;
  readonly reader: ColumnReader;
}

/** Keeps all columns in memory, whatever their size. */
export const memoryStore: ColumnStore = {
  column: (make, length) => new MemoryWriter(make(length)),
  rewrite(column, _reader, _make, change) {
    if (column.kind === "file") throw new InternalError(`${column.path} is not in memory`);
    change(column.values);
  },
  remove() {},
};

export class MemoryWriter<T extends NumberArray> implements ColumnWriter<T> {
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
