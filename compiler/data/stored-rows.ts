// Example rows as columns of any length, in memory or in files.

import type { Column, NumberArray } from "./columns.ts";
import type { MemoryRows } from "./memory-rows.ts";

/** What each place has, a row or a step of a history. `Raw` numbers are in 64 bits and not transformed yet. */
export interface StoredColumns<Raw extends NumberArray = Float32Array> {
  readonly ids: ReadonlyMap<string, Column<Int32Array>>;
  readonly numbers: ReadonlyMap<string, Column<Raw>>;
  readonly vectors: ReadonlyMap<string, StoredVectors>;
  readonly sets: ReadonlyMap<string, SetsOfRows>;
}

/** The set of row r is ids[bounds[r]] … ids[bounds[r + 1] − 1]. */
export interface SetsOfRows {
  readonly ids: Column<Int32Array>;
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

export interface StoredRows<Raw extends NumberArray = Float32Array> extends StoredColumns<Raw> {
  readonly rows: number;
  readonly histories: ReadonlyMap<string, StoredSteps<Raw>>;
  readonly labels: ReadonlyMap<string, Column<Float32Array>>;
  readonly groups: ReadonlyMap<string, Column<Int32Array>>;
}

/** The rows of a split. */
export interface ColumnRows {
  readonly kind: "columns";
  readonly rows: number;
  readonly stored: StoredRows;
  /** As of `MemoryRows` where the rows are to be measured; otherwise empty. */
  readonly labels: MemoryRows["labels"];
  readonly groups: MemoryRows["groups"];
}

export function columnsOf<Raw extends NumberArray>(stored: StoredRows<Raw>): Column<NumberArray>[] {
  const placed = ({ ids, numbers, vectors, sets }: StoredColumns<Raw>): Column<NumberArray>[] => [
    ...ids.values(),
    ...numbers.values(),
    ...[...vectors.values()].map(({ values }) => values),
    ...[...sets.values()].flatMap(({ ids, bounds }) => [ids, bounds]),
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
