// The stages of example rows, one word each:
//   RawChunk     cells as a file or table has them (raw-values.ts)
//   ReadPiece    some rows that were read: ids are provisional, numbers not transformed
//   ReadRows     all rows of a file in that form, in memory or in files
//   FittedRows   the rows after fitting: ids are final, numbers transformed, crosses computed
//   StoredRows   a split that a training reads, with labels and groups at hand
//   Batch        the inputs of one training step (backends/contract/batch.ts)

import type { Column, NumberArray } from "./columns.ts";
import type { HistoryColumns, MeasuredColumns, SetRanges } from "./memory-rows.ts";

/** The values of some rows or steps, as they were read. */
export interface RawColumns {
  readonly ids: ReadonlyMap<string, Int32Array>;
  readonly sets: ReadonlyMap<string, SetRanges>;
  readonly numbers: ReadonlyMap<string, Float64Array>;
}

/** Some rows in memory. The values of sets and steps follow one another. */
export interface ReadPiece extends RawColumns, MeasuredColumns {
  readonly histories: ReadonlyMap<string, HistoryColumns<Float64Array>>;
}

/** The values of rows or steps. Numbers in 64 bits are not transformed yet. */
export interface StoredColumns<Raw extends NumberArray = Float32Array> {
  readonly ids: ReadonlyMap<string, Column<Int32Array>>;
  readonly numbers: ReadonlyMap<string, Column<Raw>>;
  readonly vectors: ReadonlyMap<string, StoredVectors>;
  readonly sets: ReadonlyMap<string, StoredSets>;
}

/** The set of row r is ids[bounds[r]] … ids[bounds[r + 1] − 1]. */
export interface StoredSets {
  readonly ids: Column<Int32Array>;
  /** The weight of each value; null if they have none. */
  readonly weights: Column<Float32Array> | null;
  readonly bounds: Column<Int32Array>;
}

export interface StoredVectors {
  readonly values: Column<Float32Array>;
  readonly width: number;
}

/** The steps of row r are bounds[r] … bounds[r + 1] − 1. */
export interface StoredSteps<Raw extends NumberArray = Float32Array> extends StoredColumns<Raw> {
  readonly bounds: Column<Int32Array>;
}

interface RowColumns<Raw extends NumberArray> extends StoredColumns<Raw> {
  readonly rows: number;
  readonly histories: ReadonlyMap<string, StoredSteps<Raw>>;
  readonly labels: ReadonlyMap<string, Column<Float32Array>>;
  readonly groups: ReadonlyMap<string, Column<Int32Array>>;
}

export type ReadRows = RowColumns<Float64Array>;

export type FittedRows = RowColumns<Float32Array>;

/** The rows of a split. Labels and groups are empty if the rows are not measured. */
export interface StoredRows extends MeasuredColumns {
  readonly kind: "columns";
  readonly stored: FittedRows;
}

export function columnsOfSets({ ids, weights, bounds }: StoredSets): Column<NumberArray>[] {
  return weights === null ? [ids, bounds] : [ids, bounds, weights];
}

export function columnsOf<Raw extends NumberArray>(stored: RowColumns<Raw>): Column<NumberArray>[] {
  const placed = ({ ids, numbers, vectors, sets }: StoredColumns<Raw>): Column<NumberArray>[] => [
    ...ids.values(),
    ...numbers.values(),
    ...[...vectors.values()].map(({ values }) => values),
    ...[...sets.values()].flatMap(columnsOfSets),
  ];
  return [
    ...placed(stored),
    ...[...stored.histories.values()].flatMap((history) => [history.bounds, ...placed(history)]),
    ...stored.labels.values(),
    ...stored.groups.values(),
  ];
}

export function mapped<A, B>(
  columns: ReadonlyMap<string, A>,
  change: (column: A, name: string) => B,
): Map<string, B> {
  return new Map([...columns].map(([name, column]) => [name, change(column, name)]));
}
