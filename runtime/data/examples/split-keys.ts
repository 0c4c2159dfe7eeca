// A number for each row of a file, from one of its columns, by which some rows are kept aside: when a row
// was, or a draw that its value decides.

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

/** Gets the values of a file in the order of its rows. */
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
   * The file is read, or read again, from its beginning; null where it has no such column, which is among
   * `findings` then.
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

  /** To be called when all rows are read: notes what is wrong with the column as a whole. */
  end(): void {}

  taken(): Column<Float64Array> {
    const column = this.writer!.finish();
    this.writer = null;
    return column;
  }

  /** How the column is read. */
  protected asked(column: SqlColumn): SqlColumn {
    return column;
  }

  protected abstract restart(findings: Findings, column: SqlColumn | null): void;
  protected abstract numberOf(cell: RawCell, row: number): number;
}

/** Times are read as those of an event log are: numbers or timestamps, without a UTC offset those of UTC. */
export class RowTimes extends SplitKeys {
  private order: EventOrder | null = null;

  /** Whether they are timestamps: then a number is that of seconds since 1970. */
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
 * For each value its draw: the same in every file, whatever rows there are beside and whatever type the column has
 * there. NaN where there is none.
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
    // Rows of one user often stand together.
    if (this.last?.text !== text) this.last = { text, draw: this.draw(text) };
    return this.last.draw;
  }
}

const TWO_32 = 2 ** 32;

/**
 * Draws numbers from 0 to 1 for values, by a hash with 52 bits of the value, the seed and the purpose:
 * different values have different numbers, as far as anybody can tell.
 */
export function drawsOfValues(seed: number, purpose: string): (value: string) => number {
  const key = `${seed} ${purpose} `;
  return (value) => (hashText(key + value) + (hashText(`${value} ${key}`) >>> 12) / 2 ** 20) / TWO_32;
}
