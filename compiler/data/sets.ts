// Reads columns of sets and texts: cells with any number of values. As in serving, the first `max` distinct
// ones count.

import { wrongColumnType } from "../diagnostics/catalog/data.ts";
import type { Feature } from "../frontend/model/model.ts";
import { isListInBrackets } from "../frontend/syntax/raw-texts.ts";
import { DistinctValues, wordsOf } from "../serve/sets.ts";
import { ColumnBuilder } from "./builders.ts";
import type { Findings } from "./findings.ts";
import type { SetRanges } from "./memory-rows.ts";
import { isList, type Raw, type RawCell } from "./raw-values.ts";
import type { DataColumn } from "./table.ts";
import { type CellReader, declaredIn } from "./values.ts";

/** A feature with at most `max` values, and its column. */
interface SetOfColumn {
  readonly feature: Feature;
  readonly max: number;
  readonly column: DataColumn;
}

/** Collects the sets of a column, or of the steps in it. */
export class SetCells {
  private readonly ids = ColumnBuilder.int32();
  private readonly start = ColumnBuilder.int32();
  private readonly end = ColumnBuilder.int32();
  private readonly distinct = new DistinctValues();
  private readonly feature: Feature;
  private readonly max: number;
  private readonly column: DataColumn;
  private readonly cell: CellReader;
  private readonly separator: string;
  private readonly findings: Findings;

  /** `cell` reads one value; `separator` is that of the values in a text. */
  constructor(
    { feature, max, column }: SetOfColumn,
    cell: CellReader,
    separator: string,
    findings: Findings,
  ) {
    this.feature = feature;
    this.max = max;
    this.column = column;
    this.cell = cell;
    this.separator = separator;
    this.findings = findings;
  }

  read(cell: RawCell, row: number): void {
    const first = this.ids.length;
    this.distinct.clear();
    for (const value of this.valuesOf(cell, row)) {
      if (this.ids.length === first + this.max) break;
      if (this.distinct.isNew(value)) this.ids.push(this.cell(value, row));
    }
    this.start.push(first);
    this.end.push(this.ids.length);
  }

  finish(): SetRanges {
    return { ids: this.ids.finish(), start: this.start.finish(), end: this.end.finish() };
  }

  /** The sets of the rows read since the last call. */
  drain(): SetRanges {
    return { ids: this.ids.drain(), start: this.start.drain(), end: this.end.drain() };
  }

  /** Empty for a value that is not a set, which is reported. */
  private valuesOf(cell: RawCell, row: number): readonly Raw[] {
    if (cell === null || cell === "") return [];
    if (this.feature.kind.kind === "text") {
      if (!Array.isArray(cell)) return wordsOf(String(cell));
      return this.refuse("a text", "a list", row);
    }
    if (typeof cell === "string") {
      // A list as other tools print it; splitting it would give ids such as `[1`.
      if (isListInBrackets(cell))
        return this.refuse(`values with \`${this.separator}\` between them`, "a list in brackets", row);
      return cell.split(this.separator).map((value) => (value === "" ? null : value));
    }
    if (!isList(cell)) return this.refuse("a list of values", "a single value", row);
    if (!cell.every(isSingle)) return this.refuse("a list of values", "a list of lists", row);
    return cell;
  }

  private refuse(expected: string, got: string, row: number): readonly Raw[] {
    const { name } = this.column;
    this.findings.add(wrongColumnType, { column: name, expected, got }, row, name, declaredIn(this.feature));
    return [];
  }
}

function isSingle(cell: RawCell): cell is Raw {
  return !Array.isArray(cell);
}
