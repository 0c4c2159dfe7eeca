// A number for each row of a file, from one of its columns, by which some rows are kept aside: the time of
// the row, or a draw for its value.

import { type Column, type ColumnWriter, float64s } from "../../../compiler/data/columns.ts";
import { findColumn, holdsValues } from "../../../compiler/data/feature-columns.ts";
import type { Findings } from "../../../compiler/data/findings.ts";
import { numberFormat } from "../../../compiler/data/number-format.ts";
import type { RawCell } from "../../../compiler/data/raw-values.ts";
import { isOneValue } from "../../../compiler/data/values.ts";
import { idText } from "../../../compiler/serve/features.ts";
import { hashText } from "../../../compiler/serve/hashing.ts";
import type { DataFile, SqlColumn } from "../formats/data-file.ts";
import { exactColumn } from "../formats/data-file.ts";
import type { SpillingStore } from "../storage/spilling-store.ts";
import { EventOrder } from "../times/event-order.ts";

/** Receives the values of a file in the order of its rows. */
export abstract class SplitKeys {
  protected readonly column: string;
  /** The setting that names the column. */
  private readonly setting: string;
  private readonly store: SpillingStore;
  private writer: ColumnWriter<Float64Array> | null = null;

  constructor(column: string, setting: string, store: SpillingStore) {
    this.column = column;
    this.setting = setting;
    this.store = store;
  }

  /**
   * Called when the file is read, or read again, from its beginning; returns null if it lacks the column,
   * which is added to `findings`.
   */
  begin(file: DataFile, findings: Findings): SqlColumn | null {
    if (this.writer !== null) this.store.remove(this.writer.finish());
    this.writer = this.store.growing(float64s);
    const column = findColumn(file, this.column, `\`${this.setting}\` names`, findings);
    this.restart(findings, column);
    return column !== null && holdsValues(column, findings) ? this.asked(column) : null;
  }

  read(cell: RawCell, row: number): void {
    this.writer!.push(this.numberOf(cell, row));
  }

  /** Must be called after all rows are read: reports mistakes of the whole column. */
  end(): void {}

  taken(): Column<Float64Array> {
    const column = this.writer!.finish();
    this.writer = null;
    return column;
  }

  /** The column to read. */
  protected asked(column: SqlColumn): SqlColumn {
    return column;
  }

  protected abstract restart(findings: Findings, column: SqlColumn | null): void;
  protected abstract numberOf(cell: RawCell, row: number): number;
}

/** Reads times like those of an event log: numbers or timestamps, in UTC if they have no offset. */
export class RowTimes extends SplitKeys {
  private order: EventOrder | null = null;

  /** True for timestamps: a number is then seconds since 1970. */
  get isOfTimes(): boolean {
    return this.order!.isOfTimes;
  }

  override end(): void {
    this.order!.finish();
  }

  protected override asked(column: SqlColumn): SqlColumn {
    return exactColumn(column);
  }

  protected override restart(findings: Findings, column: SqlColumn | null): void {
    this.order = new EventOrder(this.column, null, findings, numberFormat(column));
  }

  protected override numberOf(cell: RawCell, row: number): number {
    this.order!.read(cell, row);
    return this.order!.value;
  }
}

/**
 * The draw for each value: the same in every file, whatever other rows there are and whatever type the column
 * has. NaN if there is no value.
 */
export class RowDraws extends SplitKeys {
  private readonly draw: (value: string) => number;
  private findings: Findings | null = null;
  private last: { readonly text: string; readonly draw: number } | null = null;

  constructor(column: string, setting: string, store: SpillingStore, draw: (value: string) => number) {
    super(column, setting, store);
    this.draw = draw;
  }

  protected override restart(findings: Findings): void {
    this.findings = findings;
  }

  protected override numberOf(cell: RawCell, row: number): number {
    if (!isOneValue(cell, row, this.column, this.findings!) || cell === null) return Number.NaN;
    const text = idText(cell) ?? String(cell);
    // Rows of one user are often neighbours.
    if (this.last?.text !== text) this.last = { text, draw: this.draw(text) };
    return this.last.draw;
  }
}

const TWO_32 = 2 ** 32;

/**
 * Draws numbers from 0 to 1 for values, by a 52-bit hash of the value, the seed and the purpose: different
 * values practically always have different numbers.
 */
export function drawsOfValues(seed: number, purpose: string): (value: string) => number {
  const key = `${seed} ${purpose} `;
  return (value) => (hashText(key + value) + (hashText(`${value} ${key}`) >>> 12) / 2 ** 20) / TWO_32;
}
