// Reads columns of sets, texts and vectors with codes: cells with any number of ids. As in serving, the first
// `max` distinct values of a set count.

import { wrongColumnType } from "../diagnostics/catalog/data.ts";
import type { VectorEncoder } from "../frontend/kinds/encoders.ts";
import { type Feature, type FeatureKind, type SetOptions, UNKNOWN_ID } from "../frontend/model/model.ts";
import { isListInBrackets } from "../frontend/syntax/raw-texts.ts";
import { DistinctValues, wordsOf } from "../serve/sets.ts";
import { ColumnBuilder } from "./builders.ts";
import type { Findings } from "./findings.ts";
import type { SetRanges } from "./memory-rows.ts";
import { isList, type Raw, type RawCell } from "./raw-values.ts";
import type { DataColumn } from "./table.ts";
import {
  type CellColumn,
  type CellEncoding,
  type CellReader,
  declaredIn,
  type VectorReader,
  valueReader,
  vectorCells,
} from "./values.ts";

/** A feature with at most `max` values, and its column. */
interface SetOfColumn {
  readonly feature: Feature;
  readonly max: number;
  readonly column: DataColumn;
}

/** Collects the sets of a column, or of the steps in it. */
export interface SetCells {
  read(cell: RawCell, row: number): void;
  finish(): SetRanges;
  /** The sets of the rows read since the last call. */
  drain(): SetRanges;
}

/** The ids of rows, one set after the other. */
class SetsBuilder {
  readonly ids = ColumnBuilder.int32();
  private readonly start = ColumnBuilder.int32();
  private readonly end = ColumnBuilder.int32();

  /** Adds a set, whose ids are in `ids` from `first` on. */
  add(first: number): void {
    this.start.push(first);
    this.end.push(this.ids.length);
  }

  finish(): SetRanges {
    return { ids: this.ids.finish(), start: this.start.finish(), end: this.end.finish() };
  }

  drain(): SetRanges {
    return { ids: this.ids.drain(), start: this.start.drain(), end: this.end.drain() };
  }
}

/** `separator` is that of the values in a text, or of the numbers of a vector. */
export function setCells(
  of: CellColumn,
  column: DataColumn,
  { max }: SetOptions,
  { encoders, outside, separator }: CellEncoding,
): SetCells {
  const { feature, findings } = of;
  if (feature.kind.kind === "codes")
    return new CodeCells(of, feature.kind, encoders.codes(feature), separator);
  return new ListCells({ feature, max, column }, valueReader(of, encoders, outside), separator, findings);
}

/** Vectors with codes. */
class CodeCells implements SetCells {
  private readonly sets = new SetsBuilder();
  private readonly feature: Feature;
  private readonly numbers: VectorReader;
  private readonly encode: VectorEncoder;
  private readonly vector: Float32Array;

  constructor(
    of: CellColumn,
    kind: Extract<FeatureKind, { readonly kind: "codes" }>,
    encode: VectorEncoder,
    separator: string,
  ) {
    this.feature = of.feature;
    this.numbers = vectorCells(of, kind, separator);
    this.encode = encode;
    this.vector = new Float32Array(kind.width);
  }

  read(cell: RawCell, row: number): void {
    const { sets, vector } = this;
    const first = sets.ids.length;
    if (this.feature.missingIsUnknown && isEmpty(cell)) sets.ids.push(UNKNOWN_ID);
    else {
      let at = 0;
      // The sum of -0 and 0 is 0, so that equal vectors have equal bits.
      this.numbers(cell, row, (x) => {
        vector[at++] = x + 0;
      });
      for (const id of this.encode(vector)) sets.ids.push(id);
    }
    sets.add(first);
  }

  finish(): SetRanges {
    return this.sets.finish();
  }

  drain(): SetRanges {
    return this.sets.drain();
  }
}

function isEmpty(cell: RawCell): boolean {
  return cell === null || cell === "" || (Array.isArray(cell) && cell.length === 0);
}

/** Lists of values, and texts. */
class ListCells implements SetCells {
  private readonly sets = new SetsBuilder();
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
    const { ids } = this.sets;
    const first = ids.length;
    this.distinct.clear();
    for (const value of this.valuesOf(cell, row)) {
      if (ids.length === first + this.max) break;
      if (this.distinct.isNew(value)) ids.push(this.cell(value, row));
    }
    this.sets.add(first);
  }

  finish(): SetRanges {
    return this.sets.finish();
  }

  drain(): SetRanges {
    return this.sets.drain();
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
