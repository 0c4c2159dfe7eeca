// Adds columns of tables to a file: each row gets the table row that is valid at its time. A column that the
// file has itself is not taken from a table.

import { findColumn, holdsValues } from "../../../compiler/data/feature-columns.ts";
import type { Findings } from "../../../compiler/data/findings.ts";
import { DecodedColumn, formatRaw, type RawCell, type RawChunk } from "../../../compiler/data/raw-values.ts";
import { columnNamed, type DataTable } from "../../../compiler/data/table.ts";
import { isOneValue } from "../../../compiler/data/values.ts";
import { keyNotYet } from "../../../compiler/diagnostics/catalog/impressions.ts";
import { mayBeMissing } from "../../../compiler/frontend/kinds/registry.ts";
import { allFeatures, type Model } from "../../../compiler/frontend/model/model.ts";
import type { DataFile, SqlColumn } from "../formats/data-file.ts";
import { columnsOf, type DatedTable, rowAsOf } from "./dated-table.ts";

interface Taken {
  readonly cells: readonly RawCell[];
  readonly table: DatedTable;
  /** Whether a value that is read from it may be missing. */
  readonly mayLack: boolean;
}

/** Joins tables to one file by its key columns. */
export class TableJoins {
  /** The file's columns and the tables' columns. */
  readonly table: DataTable<SqlColumn>;
  private readonly taken = new Map<SqlColumn, Taken>();
  private readonly keys = new Map<DatedTable, SqlColumn>();
  /** The features that each row must have. */
  private readonly required: ReadonlySet<string>;
  private readonly findings: Findings;
  private readonly mayLackAny: boolean;

  /**
   * `isKeyRequired`: whether a file without a table's key is a mistake; otherwise the table is skipped. `mayLackAny`: whether
   * required values are missing too if a table has none for a row, which is a mistake otherwise.
   */
  constructor(
    file: DataFile,
    model: Model,
    tables: readonly DatedTable[],
    findings: Findings,
    { isKeyRequired, mayLackAny = false }: { readonly isKeyRequired: boolean; readonly mayLackAny?: boolean },
  ) {
    this.findings = findings;
    this.mayLackAny = mayLackAny;
    const columns = new Map(file.columns);
    const optional = new Set(
      allFeatures(model).flatMap((feature) =>
        mayBeMissing(feature) ? [feature.name, feature.set?.weightsColumn ?? feature.name] : [],
      ),
    );
    const read = new Set(columnsOf(model));
    this.required = new Set([...model.features.keys()].filter((name) => !optional.has(name)));
    for (const table of tables) {
      const { name, column: key } = table.joined;
      if (!isKeyRequired && columnNamed(file, key) === undefined) continue;
      const found = findColumn(file, key, `\`impressions.tables.${name}\` finds its rows by`, findings);
      if (found === null || !holdsValues(found, findings)) continue;
      for (const [column, { column: described, cells }] of table.columns) {
        if (columnNamed(file, column) !== undefined || columns.has(column)) continue;
        const own = { ...described };
        columns.set(column, own);
        this.taken.set(own, { cells, table, mayLack: optional.has(column) || !read.has(column) });
        this.keys.set(table, found);
      }
    }
    this.table = { ...file, columns };
  }

  /** The columns to read from the file for `wanted` columns, some of which may come from tables. */
  asked(wanted: readonly SqlColumn[]): SqlColumn[] {
    const tables = new Set(wanted.flatMap((column) => this.taken.get(column)?.table ?? []));
    return [
      ...wanted.filter((column) => !this.taken.has(column)),
      ...[...tables].map((table) => this.keys.get(table)!),
    ];
  }

  /** Returns the `wanted` columns of a chunk that begins with the columns of `asked`. */
  filled(chunk: RawChunk, wanted: readonly SqlColumn[], timeOf: (row: number) => number): RawChunk {
    if (this.taken.size === 0) return chunk;
    const own = wanted.filter((column) => !this.taken.has(column));
    const tables = [...new Set(wanted.flatMap((column) => this.taken.get(column)?.table ?? []))];
    const found = new Map(
      tables.map((table, i) => {
        const isStrict = wanted.some((column) => {
          const taken = this.taken.get(column);
          return taken?.table === table && !taken.mayLack && !this.mayLackAny;
        });
        // Whoever reads the key as a feature tells that it is missing.
        const key = this.keys.get(table)!;
        const tellsMissing = !(own.includes(key) && this.required.has(key.name));
        const keys = chunk.columns[own.length + i]!.cells;
        return [table, this.rowsOf(table, chunk, keys, { isStrict, tellsMissing }, timeOf)] as const;
      }),
    );
    let at = 0;
    const columns = wanted.map((column) => {
      const taken = this.taken.get(column);
      if (taken === undefined) return chunk.columns[at++]!;
      const rows = found.get(taken.table)!;
      return new DecodedColumn(Array.from(rows, (row) => (row < 0 ? null : taken.cells[row]!)));
    });
    return { ...chunk, columns };
  }

  /**
   * The row of the table for each row of the chunk. A required row that is missing is noted, and any row is
   * returned for it.
   */
  private rowsOf(
    table: DatedTable,
    { first, rows }: RawChunk,
    keys: readonly RawCell[],
    { isStrict, tellsMissing }: { readonly isStrict: boolean; readonly tellsMissing: boolean },
    timeOf: (row: number) => number,
  ): Int32Array {
    const { findings } = this;
    const { column, name, path, asOf } = table.joined;
    const found = new Int32Array(rows);
    for (let i = 0; i < rows; i++) {
      const value = keys[i]!;
      if (!isOneValue(value, first + i, column, findings)) continue;
      const key = value === null ? -1 : table.keys.find(value);
      const isKnown = key >= 0;
      const time = timeOf(i);
      found[i] = rowAsOf(table, key, time);
      if (found[i]! >= 0 || !isStrict) continue;
      const parameters = { table: name, path, column, value: formatRaw(value), isKnown, asOf };
      // A time that cannot be read is a finding of its own.
      const isTimeBad = isKnown && Number.isNaN(time);
      if (!isTimeBad && (value !== null || tellsMissing))
        findings.add(keyNotYet, parameters, first + i, column);
      found[i] = table.rows[0]!;
    }
    return found;
  }
}
