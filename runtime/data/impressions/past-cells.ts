// Processes the cells of a log: numbers its users and items, selects the events of a history, and finds
// repetitions.

import { alternatives } from "../../../compiler/common/option-text.ts";
import { labelBy } from "../../../compiler/data/compared-cells.ts";
import type { Findings } from "../../../compiler/data/findings.ts";
import type { NumberFormat } from "../../../compiler/data/number-format.ts";
import { formatRaw, type RawCell, type RawChunk, rowsOfChunk } from "../../../compiler/data/raw-values.ts";
import { DecimalWatch, isOneValue } from "../../../compiler/data/values.ts";
import { notAnId } from "../../../compiler/diagnostics/catalog/data.ts";
import { whereNoNumber } from "../../../compiler/diagnostics/catalog/impressions.ts";
import { inexactNumber } from "../../../compiler/diagnostics/catalog/sources.ts";
import { Interner } from "../../../compiler/frontend/kinds/interner.ts";
import type { SqlColumn } from "../formats/data-file.ts";

/** Numbers the values of a column. */
export class Numbered {
  readonly interner = new Interner();
  private readonly column: string;
  private readonly findings: Findings;
  private readonly watch: DecimalWatch;

  constructor(column: string, findings: Findings, format: NumberFormat) {
    this.column = column;
    this.findings = findings;
    this.watch = new DecimalWatch(column, findings, format);
  }

  /** −1 for an empty value, and for a value that cannot be an id, which is noted. */
  number(value: RawCell, row: number): number {
    const { column, findings } = this;
    if (!isOneValue(value, row, column, findings) || value === null) return -1;
    const number = this.interner.add(value);
    if (number < 0) findings.add(notAnId, { column, value: formatRaw(value) }, row, column);
    this.watch.read(value, row);
    return number;
  }
}

/** Tells whether a cell meets the condition of `where` for its column. */
export function fitting(
  column: string,
  values: readonly string[],
  findings: Findings,
  of: SqlColumn | null,
): (cell: RawCell, row: number) => boolean {
  const label = labelBy({ positive: values, negative: null }, of);
  return (cell, row) => {
    if (cell === null || !isOneValue(cell, row, column, findings)) return false;
    const found = label(cell);
    const parameters = { column, value: formatRaw(cell), rule: alternatives(values) };
    if (found === null) findings.add(whereNoNumber, parameters, row, column);
    else if (found === "inexact") findings.add(inexactNumber, parameters, row, column);
    return found === 1;
  };
}

/** The parts of a chunk whose rows fit; the columns of `where` begin at index `place`. */
export function* runsOf(
  chunk: RawChunk,
  where: readonly { fits(cell: RawCell, row: number): boolean }[],
  place: number,
): Generator<RawChunk> {
  const { columns } = chunk;
  let from = 0;
  for (let row = 0; row <= chunk.rows; row++) {
    if (
      row < chunk.rows &&
      where.every(({ fits }, i) => fits(columns[place + i]!.cells[row]!, chunk.first + row))
    )
      continue;
    if (row > from) yield rowsOfChunk(chunk, from, row);
    from = row + 1;
  }
}

/**
 * Finds events of a user and an item that follow the last counted one in less than `gap`. Users come one
 * after the other.
 */
export class Repetitions {
  private readonly gap: number;
  /** By item: the user for whom it last counted, plus 1, and the time. */
  private readonly user: Int32Array;
  private readonly time: Float64Array;

  constructor(gap: number, items: number) {
    this.gap = gap;
    this.user = new Int32Array(items);
    this.time = new Float64Array(items);
  }

  isOne(user: number, item: number, time: number): boolean {
    if (item < 0) return false;
    if (this.user[item] === user + 1 && time - this.time[item]! < this.gap) return true;
    this.user[item] = user + 1;
    this.time[item] = time;
    return false;
  }
}
