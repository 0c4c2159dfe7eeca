// Columns whose cells are written next to the results of each row, whether a model reads them or not.

import type { Wording } from "../../../compiler/common/option-text.ts";
import { findColumn, holdsValues } from "../../../compiler/data/feature-columns.ts";
import type { Findings } from "../../../compiler/data/findings.ts";
import type { Raw, RawChunk } from "../../../compiler/data/raw-values.ts";
import type { DataTable } from "../../../compiler/data/table.ts";
import { isNumeric } from "../../duckdb/values.ts";
import type { DataFile, SqlColumn } from "../formats/data-file.ts";
import { exactColumn } from "../formats/data-file.ts";

/** A column's name and the type of its cells. */
export interface CarriedColumn {
  readonly name: string;
  /** `int64`: whole numbers of at most 64 bits; `text` for a CSV, and for everything that is not a number. */
  readonly type: "int64" | "double" | "text";
}

export class CarriedColumns {
  readonly names: readonly string[];
  /** The option that names them, for messages, such as "`keep` names". */
  private readonly use: Wording;
  /** The columns of the current file. */
  columns: readonly CarriedColumn[] = [];
  private cells: Raw[][] = [];
  /** The texts of rows that were not taken yet, so that equal ones are stored once. */
  private readonly texts = new Map<Raw, Raw>();

  constructor(names: readonly string[], use: Wording) {
    this.names = names;
    this.use = use;
  }

  /** The same request for columns of another file. */
  some(names: readonly string[]): CarriedColumns {
    return new CarriedColumns(names, this.use);
  }

  /**
   * Called when the file is read from its beginning. Missing columns are added to `findings`. `table` has the columns of joined
   * tables as well.
   */
  begin(file: DataFile, findings: Findings, table: DataTable<SqlColumn> = file): readonly SqlColumn[] {
    const own = new Set(file.columns.values());
    const found = this.names.flatMap((name) => {
      const column = findColumn(table, name, this.use, findings);
      return column !== null && holdsValues(column, findings) ? [column] : [];
    });
    this.columns = found.map((column) => ({
      name: column.name,
      type: own.has(column) && column.exact !== undefined ? "text" : typeOf(column.typeName),
    }));
    this.cells = found.map(() => []);
    return found.map((column) => (own.has(column) ? exactColumn(column) : column));
  }

  /** Adds rows; the cells of the first column are at index `at`. */
  add({ columns }: Pick<RawChunk, "columns">, at: number): void {
    const { texts } = this;
    for (const [i, cells] of this.cells.entries())
      for (const cell of columns[at + i]!.cells as readonly Raw[]) {
        if (typeof cell === "string" && !texts.has(cell)) texts.set(cell, cell);
        cells.push(typeof cell === "string" ? texts.get(cell)! : cell);
      }
  }

  /** Removes the added rows whose `isKept` is 0. */
  keep(isKept: ArrayLike<number>): void {
    this.cells = this.cells.map((cells) => cells.filter((_, row) => isKept[row] !== 0));
  }

  /** Sets cells that were collected from several files. */
  give(columns: readonly CarriedColumn[], cells: Raw[][]): void {
    [this.columns, this.cells] = [columns, cells];
  }

  /** Takes the first `rows` of the added rows, by column. */
  take(rows: number): readonly (readonly Raw[])[] {
    this.texts.clear();
    return this.cells.map((cells) => cells.splice(0, rows));
  }
}

function typeOf(type: string): CarriedColumn["type"] {
  if (/^(U?(TINY|SMALL)INT|U?INTEGER|BIGINT)$/.test(type)) return "int64";
  return isNumeric(type) && /^(FLOAT|DOUBLE)$/.test(type) ? "double" : "text";
}
