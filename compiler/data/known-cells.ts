// Reads the cells of a column, and remembers recent ones: a text that was read without a finding gives the same
// number again.

import type { Findings } from "./findings.ts";
import type { RawCell, RawChunk } from "./raw-values.ts";
import type { CellReader } from "./values.ts";

export class KnownCells {
  private readonly read: CellReader;
  private readonly findings: Findings;
  /** The cell that was read last, by slot (see `RawChunk`). A list equals no other cell. */
  private cells: RawCell[] = [];
  private numbers = new Float64Array(0);
  private found = new Float64Array(0);

  /** `read` must give the same number for the same cell each time. */
  constructor(read: CellReader, findings: Findings) {
    this.read = read;
    this.findings = findings;
  }

  /** The number of each cell in column `place`, until the next call. */
  numbersOf({ first, rows, columns, slots }: RawChunk, place: number): Float64Array {
    const values = columns[place]!;
    const own = slots?.[place] ?? null;
    if (this.found.length < rows) this.found = new Float64Array(rows);
    const { found } = this;
    if (own === null) for (let row = 0; row < rows; row++) found[row] = this.read(values[row]!, first + row);
    else
      for (let row = 0; row < rows; row++) {
        const [cell, slot] = [values[row]!, own[row]!];
        const isKnown = slot < this.cells.length && this.cells[slot] === cell;
        found[row] = isKnown ? this.numbers[slot]! : this.unknown(cell, first + row, slot);
      }
    return found.subarray(0, rows);
  }

  private unknown(cell: RawCell, row: number, slot: number): number {
    const before = this.findings.added;
    const number = this.read(cell, row);
    if (this.findings.added > before) return number;
    if (slot >= this.cells.length) this.grow(slot + 1);
    this.cells[slot] = cell;
    this.numbers[slot] = number;
    return number;
  }

  private grow(least: number): void {
    const length = Math.max(256, 2 ** Math.ceil(Math.log2(least)));
    const cells: RawCell[] = new Array(length).fill(NONE);
    for (const [slot, cell] of this.cells.entries()) cells[slot] = cell;
    const numbers = new Float64Array(length);
    numbers.set(this.numbers);
    this.cells = cells;
    this.numbers = numbers;
  }
}

const NONE: RawCell = [];
