// Reads columns of sets, texts and vectors with codes: cells with any number of ids. As in serving, the first
// `max` distinct values of a set count.

import { wrongColumnType } from "../diagnostics/catalog/data.ts";
import type { VectorEncoder } from "../frontend/kinds/encoders.ts";
import { type Feature, type FeatureKind, type SetOptions, UNKNOWN_ID } from "../frontend/model/model.ts";
import { isListInBrackets } from "../frontend/syntax/raw-texts.ts";
import { DistinctValues, wordsOf } from "../serve/sets.ts";
import { divisorOf } from "../serve/weighted-sets.ts";
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
import { type WeightedReader, weightedValues } from "./weighted-values.ts";

/** A feature with several values, and its column. */
interface SetOfColumn extends SetOptions {
  readonly feature: Feature;
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
  readonly weights: ColumnBuilder<Float32Array> | null;
  private readonly start = ColumnBuilder.int32();
  private readonly end = ColumnBuilder.int32();

  constructor(weighted = false) {
    this.weights = weighted ? ColumnBuilder.float32() : null;
  }

  /** Adds a set, whose ids are in `ids` from `first` on. */
  add(first: number): void {
    this.start.push(first);
    this.end.push(this.ids.length);
  }

  finish(): SetRanges {
    const weights = this.weights?.finish() ?? null;
    return { ids: this.ids.finish(), weights, start: this.start.finish(), end: this.end.finish() };
  }

  drain(): SetRanges {
    const weights = this.weights?.drain() ?? null;
    return { ids: this.ids.drain(), weights, start: this.start.drain(), end: this.end.drain() };
  }
}

/** `separator` is that of the values in a text, or of the numbers of a vector. */
export function setCells(
  of: CellColumn,
  column: DataColumn,
  set: SetOptions,
  { encoders, outside, separator }: CellEncoding,
): SetCells {
  const { feature, findings } = of;
  if (feature.kind.kind === "codes")
    return new CodeCells(of, feature.kind, encoders.codes(feature), separator);
  const cell = valueReader(of, encoders, outside);
  return new ListCells({ feature, column, ...set }, { cell, pair: weightedValues(of), separator }, findings);
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

/** How the values of a list are read. */
interface ValueReaders {
  /** Reads the id of a value. */
  readonly cell: CellReader;
  /** Divides a value with its weight. */
  readonly pair: WeightedReader;
  /** Separates the values in a text. */
  readonly separator: string;
}

/** Lists of values, also with weights, and texts. */
class ListCells implements SetCells {
  private readonly sets: SetsBuilder;
  private readonly distinct = new DistinctValues();
  private readonly set: SetOfColumn;
  private readonly readers: ValueReaders;
  private readonly findings: Findings;

  constructor(set: SetOfColumn, readers: ValueReaders, findings: Findings) {
    this.set = set;
    this.sets = new SetsBuilder(set.weighted);
    this.readers = readers;
    this.findings = findings;
  }

  read(cell: RawCell, row: number): void {
    const { sets, set, readers } = this;
    const first = sets.ids.length;
    this.distinct.clear();
    const values = this.valuesOf(cell, row);
    if (set.weighted) this.readWeighted(values, row);
    else
      for (const value of values as readonly Raw[]) {
        if (sets.ids.length === first + set.max) break;
        if (this.distinct.isNew(value)) sets.ids.push(readers.cell(value, row));
      }
    sets.add(first);
  }

  finish(): SetRanges {
    return this.sets.finish();
  }

  drain(): SetRanges {
    return this.sets.drain();
  }

  private readWeighted(values: readonly RawCell[], row: number): void {
    const { sets, set, readers } = this;
    const weights: number[] = [];
    for (const each of values) {
      if (weights.length === set.max) break;
      const pair = readers.pair(each, row);
      if (pair === null || !this.distinct.isNew(pair.value)) continue;
      sets.ids.push(readers.cell(pair.value, row));
      weights.push(pair.weight);
    }
    const divisor = divisorOf(weights, set.pool === "mean");
    for (const weight of weights) sets.weights!.push(weight / divisor);
  }

  /** Empty for a value that is not a set, which is reported. */
  private valuesOf(cell: RawCell, row: number): readonly RawCell[] {
    const { separator } = this.readers;
    if (cell === null || cell === "") return [];
    if (this.set.feature.kind.kind === "text") {
      if (!Array.isArray(cell)) return wordsOf(String(cell));
      return this.refuse("a text", "a list", row);
    }
    if (typeof cell === "string") {
      // A list as other tools print it; splitting it would give ids such as `[1`.
      if (isListInBrackets(cell))
        return this.refuse(`values with \`${separator}\` between them`, "a list in brackets", row);
      return cell.split(separator).map((value) => (value === "" ? null : value));
    }
    if (!isList(cell)) return this.refuse("a list of values", "a single value", row);
    if (!this.set.weighted && !cell.every(isSingle))
      return this.refuse("a list of values", "a list of lists", row);
    return cell;
  }

  private refuse(expected: string, got: string, row: number): readonly Raw[] {
    const { feature, column } = this.set;
    const parameters = { column: column.name, expected, got };
    this.findings.add(wrongColumnType, parameters, row, column.name, declaredIn(feature));
    return [];
  }
}

function isSingle(cell: RawCell): cell is Raw {
  return !Array.isArray(cell);
}
