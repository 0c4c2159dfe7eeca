// The cells of rows that were drawn for a sample. Short texts stay bytes, as DuckDB has them, because most rows are dropped
// again before anyone needs their strings.

import { LONGEST_SHORT } from "../../../compiler/common/text-words.ts";
import { type ColumnCells, isThere, type RawCell } from "../../../compiler/data/raw-values.ts";

/** A short text's length, and its bytes. */
const WORDS = 4;
const WORD_BYTES = 4;
/** Instead of a length: the cell isn't a short text. */
const ELSEWHERE = -1;

/** The approximate size of a row in V8, without its cells. */
const ROW_BYTES = 64;

export class DrawnCells {
  private readonly columns: number;
  /** By row and column: short texts in ASCII. */
  private words = new Int32Array(0);
  private bytes = Buffer.alloc(0);
  /** By row and column: the other cells. */
  private readonly others: RawCell[][] = [];
  private readonly free: number[] = [];

  constructor(columns: number) {
    this.columns = columns;
  }

  /** Takes a row's cells; returns the index by which they are found, and their approximate size. */
  add(cells: readonly ColumnCells[], row: number): { readonly value: number; readonly size: number } {
    const value = this.free.pop() ?? this.others.length;
    const others: RawCell[] = [];
    this.others[value] = others;
    let at = WORDS * this.columns * value;
    if (at + WORDS * this.columns > this.words.length) this.grow();
    const { words } = this;
    let size = ROW_BYTES;
    for (let column = 0; column < cells.length; column++, at += WORDS) {
      const { packed } = cells[column]!;
      const from = WORDS * row;
      if (packed?.kind === "texts" && isThere(packed, row) && isShortAscii(packed.words, from)) {
        for (let i = 0; i < WORDS; i++) words[at + i] = packed.words[from + i]!;
        size += sizeOfText(words[at]!);
        continue;
      }
      words[at] = ELSEWHERE;
      const cell = cells[column]!.cellAt(row);
      others[column] = cell;
      size += sizeOf(cell);
    }
    return { value, size };
  }

  /** The row is needed no more, and its index is another row's next. */
  remove(row: number): void {
    this.others[row] = [];
    this.free.push(row);
  }

  cellAt(row: number, column: number): RawCell {
    const at = WORDS * (this.columns * row + column);
    const length = this.words[at]!;
    if (length === ELSEWHERE) return this.others[row]![column]!;
    const from = WORD_BYTES * (at + 1);
    return this.bytes.toString("latin1", from, from + length);
  }

  /** Passes the length and the words of a short text to `read`; returns null for another cell, and for an empty text. */
  shortAt<T>(
    row: number,
    column: number,
    read: (length: number, a: number, b: number, c: number) => T,
  ): T | null {
    const { words } = this;
    const at = WORDS * (this.columns * row + column);
    return words[at]! <= 0 ? null : read(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!);
  }

  private grow(): void {
    const larger = new Int32Array(Math.max(64 * WORDS * this.columns, 2 * this.words.length));
    larger.set(this.words);
    this.words = larger;
    this.bytes = Buffer.from(larger.buffer);
  }
}

function isShortAscii(words: Int32Array, at: number): boolean {
  const bits = words[at + 1]! | words[at + 2]! | words[at + 3]!;
  return words[at]! <= LONGEST_SHORT && (bits & 0x80808080) === 0;
}

/** The approximate size of a cell in V8. */
function sizeOf(cell: RawCell): number {
  if (typeof cell === "string") return sizeOfText(cell.length);
  return Array.isArray(cell) ? cell.reduce((sum: number, each) => sum + sizeOf(each), 24) : 8;
}

function sizeOfText(length: number): number {
  return 24 + length;
}
