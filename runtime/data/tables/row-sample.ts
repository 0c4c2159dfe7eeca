// A sample of training rows, drawn while a training reads them, and the statistics of the file's columns from
// it. A run's baseline therefore costs no second pass. Columns are counted as in `profile-file.ts`.

import { setImmediate as turn } from "node:timers/promises";
import { numberOfShort } from "../../../compiler/common/number-text.ts";
import { BoundedSample } from "../../../compiler/data/bounded-sample.ts";
import { type NumberFormat, numberFormat } from "../../../compiler/data/number-format.ts";
import type { ColumnProfile, Profile } from "../../../compiler/data/profile.ts";
import { isList, type RawCell, type RawChunk } from "../../../compiler/data/raw-values.ts";
import { withoutPadding } from "../../../compiler/data/step-padding.ts";
import { columnNamed, type DataTable, isOfTexts } from "../../../compiler/data/table.ts";
import { partsOfPair } from "../../../compiler/data/weighted-values.ts";
import type { Fitted } from "../../../compiler/frontend/model/model.ts";
import { idText } from "../../../compiler/serve/features.ts";
import type { DataFile, SqlColumn } from "../formats/data-file.ts";
import { idProfile, numberProfile } from "./column-statistics.ts";
import type { DataFiles } from "./data-files.ts";
import { DrawnCells } from "./drawn-cells.ts";
import { type CountedColumn, columnAlike } from "./profile-file.ts";
import { TextCounts } from "./text-counts.ts";

/**
 * The most rows held at a time. If a file has more rows, at least three quarters of this number are drawn.
 */
export const MOST_DRAWN = 20_000;

interface SampledColumn {
  readonly asked: CountedColumn;
  readonly column: SqlColumn;
  /** Its index in a chunk; for a column that is looked up, that of the key. */
  readonly at: number;
  /** The cells of a chunk: of the rows as the file has them, of the rows with joined columns, or of a table by key. */
  readonly from: "file" | "joined" | KeyedColumns;
}

interface SampledIds {
  readonly counts: TextCounts;
  /** The number of rows without an id. */
  readonly missing: number;
}

/** Columns of joined tables that a reader of the rows fills in. */
export interface JoinedColumns {
  readonly table: DataTable<SqlColumn>;
  /** The columns of a chunk that is filled. */
  readonly filled: readonly SqlColumn[];
}

/** Columns of a table with one row per key, whose cells are looked up for drawn rows. */
export interface KeyedColumns {
  readonly path: string;
  /** The names of the key in the rows and in the table. */
  readonly of: string;
  readonly key: string;
  readonly columns: readonly string[];
}

export class RowSample {
  /** The approximate maximum of bytes for drawn rows. */
  readonly bytes: number;
  private readonly asked: readonly CountedColumn[];
  private readonly separator: string;
  private columns: readonly SampledColumn[] = [];
  /** By column that was looked up, the cells by the text of their key. */
  private readonly lookedUp = new Map<string, ReadonlyMap<string, RawCell>>();
  private path = "";
  private rows = 0;
  /** The drawn rows, by their indices in `cells`. */
  private drawn: BoundedSample<number>;
  /** Their cells, in the order of the columns. */
  private cells: DrawnCells;

  constructor(asked: readonly CountedColumn[], separator: string, bytes: number) {
    this.asked = asked;
    this.separator = separator;
    this.bytes = bytes;
    this.cells = new DrawnCells(0);
    this.drawn = drawnOf(this.cells, bytes);
  }

  /** An empty sample of the same columns, of at most as many bytes. */
  another(): RowSample {
    return new RowSample(this.asked, this.separator, this.bytes);
  }

  /** Takes the rows that another sample has drawn. */
  take({ columns, path, rows, drawn, cells, lookedUp }: RowSample): void {
    [this.columns, this.path, this.rows, this.drawn] = [columns, path, rows, drawn];
    this.cells = cells;
    for (const [column, cells] of lookedUp) this.lookedUp.set(column, cells);
  }

  /**
   * Called when the file is read from its beginning. Returns the columns to read in addition to the `wanted`
   * ones. Cells of `keyed` tables are those of `lookUp`, which must follow.
   */
  begin(
    file: DataFile,
    wanted: readonly SqlColumn[],
    joined: JoinedColumns | null = null,
    keyed: readonly KeyedColumns[] = [],
  ): SqlColumn[] {
    this.path = file.path;
    this.rows = 0;
    const more: SqlColumn[] = [];
    const placeOf = (column: SqlColumn): number => {
      const all = [...wanted, ...more];
      const at = all.findIndex(({ name, sql }) => name === column.name && sql === column.sql);
      if (at < 0) more.push(column);
      return at < 0 ? all.length : at;
    };
    this.columns = this.asked.flatMap((asked): SampledColumn[] => {
      const table = keyed.find(({ columns }) => columns.includes(asked.column));
      const own = columnNamed(file, table?.of ?? asked.column);
      if (own !== undefined) return [{ asked, column: own, at: placeOf(own), from: table ?? "file" }];
      const column = joined === null ? undefined : columnNamed(joined.table, asked.column);
      const at = column === undefined ? -1 : joined!.filled.indexOf(column);
      return column === undefined || at < 0 ? [] : [{ asked, column, at, from: "joined" }];
    });
    this.cells = new DrawnCells(this.columns.length);
    this.drawn = drawnOf(this.cells, this.bytes);
    return more;
  }

  /** Reads the cells of keyed tables for the drawn rows. */
  async lookUp(files: DataFiles): Promise<void> {
    for (const [i, { asked, from }] of this.columns.entries()) {
      if (typeof from === "string" || this.lookedUp.has(asked.column)) continue;
      const found = this.drawn.values.map((drawn) => this.cells.cellAt(drawn, i));
      const keys = new Set(found.flatMap((cell) => (cell === null ? [] : [textOf(cell)])));
      const file = await files.file(from.path);
      const names = from.columns.filter((name) => this.asked.some(({ column }) => column === name));
      const columns = names.map((name) => columnNamed(file, name)!);
      const byKey = names.map(() => new Map<string, RawCell>());
      await files.scan(
        file,
        [columnNamed(file, from.key)!, ...columns],
        ({ rows, columns: [own, ...cells] }) => {
          for (let row = 0; row < rows; row++) {
            const key = own!.cellAt(row) === null ? null : textOf(own!.cellAt(row));
            if (key === null || !keys.has(key)) continue;
            for (const [at, column] of cells.entries()) byKey[at]!.set(key, column.cellAt(row));
          }
        },
      );
      for (const [at, name] of names.entries()) this.lookedUp.set(name, byKey[at]!);
      const types = new Map(names.map((name, at) => [name, columns[at]!]));
      this.columns = this.columns.map((each) =>
        each.from === from ? { ...each, column: types.get(each.asked.column)! } : each,
      );
    }
  }

  /** Takes those of the rows that are trained on; `filled` has the columns of joined tables. */
  add(
    chunk: RawChunk,
    isTaken: ((row: number) => boolean) | null = null,
    filled: RawChunk | null = null,
  ): void {
    const { first, rows } = chunk;
    const columns = this.columns.map(({ at, from }) => (from === "joined" ? filled! : chunk).columns[at]!);
    for (let row = 0; row < rows; row++) {
      if (isTaken !== null && !isTaken(row)) continue;
      this.rows += 1;
      this.drawn.add(first + row, () => this.cells.add(columns, row));
    }
  }

  /** `baseline` gives the bins; without it they are computed. Other work may go on between two columns. */
  async profile(
    { vocabularies }: Pick<Fitted, "vocabularies">,
    baseline: Profile | null = null,
  ): Promise<Profile> {
    const { path } = this;
    const columns: ColumnProfile[] = [];
    for (const [i, column] of this.columns.entries()) {
      const { asked, from } = column;
      const before = baseline === null ? null : columnAlike(asked, baseline);
      const profile =
        asked.counted === "ids"
          ? this.ids(column, this.idsAt(column, i), vocabularies, before)
          : this.numbers(column, this.numbersAt(column, i), before);
      columns.push(from === "file" ? profile : { ...profile, isJoined: true });
      await turn();
    }
    const held = this.drawn.values.length;
    const drawn = held < this.rows ? held : null;
    return { path, rows: this.rows, drawn, columns };
  }

  /** The cell of a drawn row in column `at`. */
  private cellOf(drawn: number, at: number, { asked, from }: SampledColumn): RawCell {
    const cell = this.cells.cellAt(drawn, at);
    if (typeof from === "string") return cell;
    return cell === null ? null : (this.lookedUp.get(asked.column)?.get(textOf(cell)) ?? null);
  }

  private lengthOf(cell: RawCell, padding: readonly string[] | undefined): number {
    if (padding !== undefined) return this.listOf(cell, padding).length;
    if (isList(cell)) return cell.length;
    const { separator } = this;
    const text = String(cell);
    let steps = 1;
    for (let at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, at + separator.length))
      steps++;
    return steps;
  }

  private listOf(cell: RawCell, padding: readonly string[] | undefined): readonly RawCell[] {
    const list = isList(cell) ? cell : String(cell).split(this.separator);
    return padding === undefined ? list : withoutPadding(list, padding);
  }

  /** The ids in all rows and lists, and the number of rows without one. */
  private idsAt(sampled: SampledColumn, column: number): SampledIds {
    const { inLists, isWeighted, padding } = sampled.asked;
    const { column: of, from } = sampled;
    const counts = new TextCounts();
    let missing = 0;
    const add = counts.addShort.bind(counts);
    const isPlain = !inLists && typeof from === "string";
    for (const drawn of this.drawn.values) {
      if (isPlain && this.cells.shortAt(drawn, column, add) !== null) continue;
      const cell = this.cellOf(drawn, column, sampled);
      if (!inLists) {
        if (isMissing(cell, of)) missing += 1;
        else counts.add(textOf(cell));
      } else if (!isMissing(cell, of))
        for (const each of this.listOf(cell, padding)) {
          const value = isWeighted === true ? (partsOfPair(each)?.[0] ?? null) : each;
          if (value !== null && value !== "") counts.add(textOf(value));
        }
    }
    return { counts, missing };
  }

  /** The numbers of all rows; null for a missing one, NaN for a value that is not a number. */
  private *numbersAt(sampled: SampledColumn, column: number): Generator<number | null> {
    const { counted, padding } = sampled.asked;
    const of = sampled.column;
    const { numberOf, hasPoints } = numberFormat(of);
    const isPlain = hasPoints && counted !== "lengths" && typeof sampled.from === "string";
    for (const drawn of this.drawn.values) {
      const number = isPlain ? this.cells.shortAt(drawn, column, numberOfShort) : null;
      if (number !== null && !Number.isNaN(number)) {
        yield number;
        continue;
      }
      const cell = this.cellOf(drawn, column, sampled);
      if (isMissing(cell, of)) yield null;
      else if (counted === "lengths") yield this.lengthOf(cell, padding);
      else yield isList(cell) ? Number.NaN : counted === "label" ? labelOf(cell, numberOf) : numberOf(cell);
    }
  }

  private ids(
    { asked }: SampledColumn,
    { counts, missing }: SampledIds,
    vocabularies: Fitted["vocabularies"],
    before: ColumnProfile | null,
  ): ColumnProfile {
    const { vocabulary } = asked;
    const listed = vocabulary === null ? undefined : vocabularies.get(vocabulary);
    const known = counts.ids(listed ?? null);
    const fresh = listed === undefined ? null : counts.total - known.present;
    return idProfile(asked, { known, fresh, missing, distinct: counts.distinct }, before);
  }

  private numbers(
    { asked }: SampledColumn,
    all: Iterable<number | null>,
    before: ColumnProfile | null,
  ): ColumnProfile {
    const counts = new Map<number, number>();
    let [missing, unreadable, sum] = [0, 0, 0];
    for (const x of all)
      if (x === null) missing += 1;
      else if (!Number.isFinite(x)) unreadable += 1;
      else {
        counts.set(x, (counts.get(x) ?? 0) + 1);
        sum += x;
      }
    return numberProfile(asked, { counts, sum, missing, unreadable }, before);
  }
}

/** A sample of the rows in `cells`. */
function drawnOf(cells: DrawnCells, size: number): BoundedSample<number> {
  return new BoundedSample({ rows: MOST_DRAWN, size }, (drawn) => cells.remove(drawn));
}

function textOf(cell: RawCell): string {
  return idText(cell) ?? String(cell);
}

function isMissing(cell: RawCell, column: SqlColumn): cell is null | "" {
  return cell === null || (cell === "" && isOfTexts(column));
}

function labelOf(cell: Exclude<RawCell, readonly RawCell[]>, numberOf: NumberFormat["numberOf"]): number {
  const word = typeof cell === "string" ? cell.trim().toLowerCase() : "";
  return word === "true" ? 1 : word === "false" ? 0 : numberOf(cell);
}
