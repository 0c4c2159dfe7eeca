// Columns of a file that no model reads. Their cells are written next to the results of each row.

import type { Wording } from "../../../compiler/common/option-text.ts";
import { findColumn, holdsValues } from "../../../compiler/data/feature-columns.ts";
import type { Findings } from "../../../compiler/data/findings.ts";
import type { Raw, RawChunk } from "../../../compiler/data/raw-values.ts";
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

  constructor(names: readonly string[], use: Wording) {
    this.names = names;
    this.use = use;
  }

  /** Called when the file is read from its beginning. Missing columns are added to `findings`. */
  begin(file: DataFile, findings: Findings): readonly SqlColumn[] {
    const found = this.names.flatMap((name) => {
      const column = findColumn(file, name, this.use, findings);
      return column !== null && holdsValues(column, findings) ? [exactColumn(column)] : [];
    });
    this.columns = found.map(({ name, typeName, exact }) => ({
      name,
      type: exact === undefined ? typeOf(typeName) : "text",
    }));
    this.cells = found.map(() => []);
    return found;
  }

  /** Adds rows; the cells of the first column are at index `at`. */
  add({ columns }: RawChunk, at: number): void {
    for (const [i, cells] of this.cells.entries())
      for (const cell of columns[at + i]!) cells.push(cell as Raw);
  }

  /** Takes the first `rows` of the added rows, by column. */
  take(rows: number): readonly (readonly Raw[])[] {
    return this.cells.map((cells) => cells.splice(0, rows));
  }
}

function typeOf(type: string): CarriedColumn["type"] {
  if (/^(U?(TINY|SMALL)INT|U?INTEGER|BIGINT)$/.test(type)) return "int64";
  return isNumeric(type) && /^(FLOAT|DOUBLE)$/.test(type) ? "double" : "text";
}
