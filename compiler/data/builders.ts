// Columns that grow while a file is read, and become one flat array in shared memory, or several consecutive
// ones.

import { float32s, int32s, PIECE } from "./columns.ts";

type Numbers = Int32Array | Float32Array | Float64Array;

export class ColumnBuilder<T extends Numbers> {
  private readonly newPiece: (length: number) => T;
  private readonly newColumn: (length: number) => T;
  private readonly full: T[] = [];
  private piece: T;
  private used = 0;
  /** The place of the last row's first number. */
  private begin = 0;

  private constructor(newPiece: (length: number) => T, newColumn: (length: number) => T) {
    this.newPiece = newPiece;
    this.newColumn = newColumn;
    this.piece = newPiece(PIECE);
  }

  static int32(): ColumnBuilder<Int32Array> {
    return new ColumnBuilder<Int32Array>((length) => new Int32Array(length), int32s);
  }

  static float32(): ColumnBuilder<Float32Array> {
    return new ColumnBuilder<Float32Array>((length) => new Float32Array(length), float32s);
  }

  static float64(): ColumnBuilder<Float64Array> {
    const make = (length: number): Float64Array => new Float64Array(length);
    return new ColumnBuilder<Float64Array>(make, make);
  }

  get length(): number {
    return this.full.length * PIECE + this.used;
  }

  push(value: number): void {
    if (this.used === PIECE) {
      this.full.push(this.piece);
      this.piece = this.newPiece(PIECE);
      this.used = 0;
    }
    this.piece[this.used++] = value;
  }

  /** The numbers from here on are a row's. */
  beginRow(): void {
    this.begin = this.length;
  }

  /** Adds the last row's numbers again, as a row of their own. */
  repeatRow(): void {
    const { begin, length } = this;
    for (let at = begin; at < length; at++)
      this.push(
        at < this.full.length * PIECE
          ? this.full[Math.floor(at / PIECE)]![at % PIECE]!
          : this.piece[at % PIECE]!,
      );
    this.begin = length;
  }

  pushAll(values: Float64Array): void {
    for (let from = 0; from < values.length; ) {
      if (this.used === PIECE) this.push(values[from++]!);
      const some = values.subarray(from, from + PIECE - this.used);
      this.piece.set(some, this.used);
      this.used += some.length;
      from += some.length;
    }
  }

  /**
   * The values since the last call, not in shared memory, and valid until the next one is added; the builder is
   * empty afterwards.
   */
  drain(): T {
    if (this.full.length > 0) return this.moved(this.newPiece(this.length));
    const values = this.piece.subarray(0, this.used) as T;
    this.used = 0;
    return values;
  }

  /** All values; the builder is empty afterwards. */
  finish(): T {
    return this.moved(this.newColumn(this.length));
  }

  private moved(all: T): T {
    for (const [i, piece] of this.full.entries()) all.set(piece, i * PIECE);
    all.set(this.piece.subarray(0, this.used), this.full.length * PIECE);
    this.full.length = 0;
    this.used = 0;
    return all;
  }
}
