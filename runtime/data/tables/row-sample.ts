// A sample of training rows, drawn while a training reads them, and the statistics of the file's columns from
// it. A run's baseline therefore costs no second pass. Columns are counted as in `profile-file.ts`.

import { BoundedSample } from "../../../compiler/data/bounded-sample.ts";
import { type NumberFormat, numberFormat } from "../../../compiler/data/number-format.ts";
import {
  type Bins,
  type ColumnProfile,
  DECILES,
  type NumberBins,
  type Profile,
} from "../../../compiler/data/profile.ts";
import { isList, type RawCell, type RawChunk } from "../../../compiler/data/raw-values.ts";
import { withoutPadding } from "../../../compiler/data/step-padding.ts";
import { columnNamed, isOfTexts } from "../../../compiler/data/table.ts";
import type { Fitted } from "../../../compiler/frontend/model/model.ts";
import { idText } from "../../../compiler/serve/features.ts";
import type { DataFile, SqlColumn } from "../formats/data-file.ts";
import { type CountedColumn, MostFrequent } from "./profile-file.ts";

/**
 * The most rows held at a time. If a file has more rows, at least three quarters of this number are drawn.
 */
export const MOST_DRAWN = 20_000;

interface SampledColumn {
  readonly asked: CountedColumn;
  readonly column: SqlColumn;
  /** Its index in a chunk. */
  readonly at: number;
}

export class RowSample {
  /** The approximate maximum of bytes for drawn rows. */
  readonly bytes: number;
  private readonly asked: readonly CountedColumn[];
  private readonly separator: string;
  private columns: readonly SampledColumn[] = [];
  private path = "";
  private rows = 0;
  /** Cells in the order of the columns. */
  private drawn: BoundedSample<readonly RawCell[]>;

  constructor(asked: readonly CountedColumn[], separator: string, bytes: number) {
    this.asked = asked;
    this.separator = separator;
    this.bytes = bytes;
    this.drawn = this.noneDrawn();
  }

  /** An empty sample of the same columns, of at most as many bytes. */
  another(): RowSample {
    return new RowSample(this.asked, this.separator, this.bytes);
  }

  /** Takes the rows that another sample has drawn. */
  take({ columns, path, rows, drawn }: RowSample): void {
    [this.columns, this.path, this.rows, this.drawn] = [columns, path, rows, drawn];
  }

  /**
   * Called when the file is read from its beginning. Returns the columns to read in addition to the `wanted`
   * ones.
   */
  begin(file: DataFile, wanted: readonly SqlColumn[]): SqlColumn[] {
    this.path = file.path;
    [this.rows, this.drawn] = [0, this.noneDrawn()];
    const more: SqlColumn[] = [];
    this.columns = this.asked.flatMap((asked): SampledColumn[] => {
      const column = columnNamed(file, asked.column);
      if (column === undefined) return [];
      const all = [...wanted, ...more];
      const at = all.findIndex(({ name, sql }) => name === column.name && sql === column.sql);
      if (at < 0) more.push(column);
      return [{ asked, column, at: at < 0 ? all.length : at }];
    });
    return more;
  }

  /** Takes those of the rows that are trained on. */
  add({ first, rows, columns }: RawChunk, isTaken: ((row: number) => boolean) | null = null): void {
    for (let row = 0; row < rows; row++) {
      if (isTaken !== null && !isTaken(row)) continue;
      this.rows += 1;
      this.drawn.add(first + row, () => {
        const cells = this.columns.map(({ at }) => columns[at]!.cellAt(row));
        return { value: cells, size: cells.reduce((sum: number, cell) => sum + bytesOf(cell), ROW_BYTES) };
      });
    }
  }

  profile({ vocabularies }: Pick<Fitted, "vocabularies">): Profile {
    const { path } = this;
    const columns = this.columns.map((column, i) =>
      column.asked.counted === "ids"
        ? this.ids(column, this.idsAt(column, i), vocabularies)
        : this.numbers(column, this.numbersAt(column, i)),
    );
    const held = this.drawn.values.length;
    const drawn = held < this.rows ? held : null;
    return { path, rows: this.rows, drawn, columns };
  }

  private noneDrawn(): BoundedSample<readonly RawCell[]> {
    return new BoundedSample({ rows: MOST_DRAWN, size: this.bytes });
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

  /** The ids of all rows, those of lists one after the other; null for a missing one. */
  private *idsAt(
    { asked: { inLists, padding }, column: of }: SampledColumn,
    column: number,
  ): Generator<RawCell> {
    for (const cells of this.drawn.values) {
      const cell = cells[column]!;
      if (!inLists) yield isMissing(cell, of) ? null : cell;
      else if (!isMissing(cell, of))
        for (const each of this.listOf(cell, padding)) if (each !== null && each !== "") yield each;
    }
  }

  /** The numbers of all rows; null for a missing one, NaN for a value that is not a number. */
  private *numbersAt(
    { asked: { counted, padding }, column: of }: SampledColumn,
    column: number,
  ): Generator<number | null> {
    const { numberOf } = numberFormat(of);
    for (const cells of this.drawn.values) {
      const cell = cells[column]!;
      if (isMissing(cell, of)) yield null;
      else if (counted === "lengths") yield this.lengthOf(cell, padding);
      else yield isList(cell) ? Number.NaN : counted === "label" ? labelOf(cell, numberOf) : numberOf(cell);
    }
  }

  private ids(
    { asked: { column, counted, vocabulary, inLists } }: SampledColumn,
    ids: Iterable<RawCell>,
    vocabularies: Fitted["vocabularies"],
  ): ColumnProfile {
    // Texts are made once for each cell, because numbers have none.
    const byCell = new Map<RawCell, number>();
    for (const id of ids) byCell.set(id, (byCell.get(id) ?? 0) + 1);
    const counts = new Map<string, number>();
    let [present, missing] = [0, 0];
    for (const [id, count] of byCell)
      if (id === null) missing += count;
      else {
        present += count;
        const text = textOf(id);
        counts.set(text, (counts.get(text) ?? 0) + count);
      }
    const listed = vocabulary === null ? undefined : vocabularies.get(vocabulary);
    const known = listed === undefined ? null : new Set(listed.filter((value) => counts.has(value)));
    const top = new MostFrequent();
    let fresh = 0;
    for (const [value, count] of counts)
      if (known === null || known.has(value)) top.add(value, count);
      else fresh += count;
    const named = top.values.reduce((sum, [, count]) => sum + count, 0);
    const bins: Bins = {
      by: "values",
      values: top.values.map(([value]) => value),
      counts: [...top.values.map(([, count]) => count), present - fresh - named],
    };
    return {
      ...{ column, counted, inLists, present, missing, unreadable: 0, numbers: null, distinct: counts.size },
      ...{ fresh: known === null ? null : fresh, bins },
    };
  }

  private numbers(
    { asked: { column, counted, inLists } }: SampledColumn,
    all: Iterable<number | null>,
  ): ColumnProfile {
    const found: number[] = [];
    let [missing, unreadable, sum] = [0, 0, 0];
    for (const x of all)
      if (x === null) missing += 1;
      else if (!Number.isFinite(x)) unreadable += 1;
      else {
        found.push(x);
        sum += x;
      }
    const sorted = Float64Array.from(found).sort();
    const present = sorted.length;
    const numbers =
      present === 0 ? null : { least: sorted[0]!, largest: sorted[present - 1]!, mean: sum / present };
    return {
      ...{ column, counted, inLists, present, missing, unreadable, numbers },
      ...{ distinct: null, fresh: null, bins: decileBins(sorted) },
    };
  }
}

/**
 * The deciles of sorted numbers, as DuckDB's `quantile_disc` computes them, and the number of values up to
 * each.
 */
function decileBins(sorted: Float64Array): NumberBins {
  const n = sorted.length;
  if (n === 0) return { by: "bounds", bounds: [], counts: [0] };
  const bounds = [...new Set(DECILES.map((q) => sorted[Math.max(1, n - Math.floor(n - q * n)) - 1]!))];
  const counts: number[] = [];
  let from = 0;
  for (const bound of bounds) {
    let to = from;
    while (to < n && sorted[to]! <= bound) to += 1;
    counts.push(to - from);
    from = to;
  }
  return { by: "bounds", bounds, counts: [...counts, n - from] };
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

const ROW_BYTES = 64;

/** The approximate size of a cell in V8. */
function bytesOf(cell: RawCell): number {
  if (typeof cell === "string") return 24 + cell.length;
  return isList(cell) ? cell.reduce((sum: number, each) => sum + bytesOf(each), 24) : 8;
}
