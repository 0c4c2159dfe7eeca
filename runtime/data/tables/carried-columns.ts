// Columns of a file that no model reads: their cells stand beside what is computed of each row.

import type { Wording } from "../../../compiler/common/option-text.ts";
import { findColumn, holdsValues } from "../../../compiler/data/feature-columns.ts";
import type { Findings } from "../../../compiler/data/findings.ts";
import type { Raw, RawChunk } from "../../../compiler/data/raw-values.ts";
import { isNumeric } from "../../duckdb/values.ts";
import type { DataFile, SqlColumn } from "../formats/data-file.ts";
import { exactColumn } from "../formats/data-file.ts";

/** A column by its name, with what its cells are. */
export interface CarriedColumn {
  readonly name: string;
  /** `int64`: whole numbers that 64 bits hold; `text` of a CSV, and of all that is no number. */
  readonly type: "int64" | "double" | "text";
}

export class CarriedColumns {
  readonly names: readonly string[];
  /** Who asks for them, in messages, as "`keep` names". */
  private readonly use: Wording;
  /** Of the file that is read. */
  columns: readonly CarriedColumn[] = [];
  private cells: Raw[][] = [];

  constructor(names: readonly string[], use: Wording) {
    this.names = names;
    this.use = use;
  }

  /** The file is read, or read again, from its beginning. What it does not have is among `findings`. */
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

  /** The next rows, whose cells of the first column are in the column `at`. */
  add({ columns }: RawChunk, at: number): void {
    for (const [i, cells] of this.cells.entries())
      for (const cell of columns[at + i]!) cells.push(cell as Raw);
  }

  /** The first `rows` rows of those that were added and not taken yet, by column. */
  take(rows: number): readonly (readonly Raw[])[] {
    return this.cells.map((cells) => cells.splice(0, rows));
  }
}

function typeOf(type: string): CarriedColumn["type"] {
  if (/^(U?(TINY|SMALL)INT|U?INTEGER|BIGINT)$/.test(type)) return "int64";
  return isNumeric(type) && /^(FLOAT|DOUBLE)$/.test(type) ? "double" : "text";
}
