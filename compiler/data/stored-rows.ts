// Example rows as columns of any length, in memory or in files. Where all columns of a split lie in memory they are
// `MemoryRows` over the same arrays.

import { InternalError } from "../common/internal-error.ts";
import type { Column, Numbers } from "./columns.ts";
import type { HistoryColumns, MemoryRows, SetColumn } from "./memory-rows.ts";

/** What each place has, a row or a step of a history. `Raw` numbers are in 64 bits and not transformed yet. */
export interface PlacedColumns<Raw extends Numbers = Float32Array> {
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
export interface StoredSteps<Raw extends Numbers = Float32Array> extends PlacedColumns<Raw> {
  readonly bounds: Column<Int32Array>;
}

export interface StoredRows<Raw extends Numbers = Float32Array> extends PlacedColumns<Raw> {
  readonly rows: number;
  readonly histories: ReadonlyMap<string, StoredSteps<Raw>>;
  readonly labels: ReadonlyMap<string, Column<Float32Array>>;
  readonly groups: ReadonlyMap<string, Column<Int32Array>>;
}

/** Rows of which some columns lie in files. */
export interface ColumnRows {
  readonly kind: "columns";
  readonly rows: number;
  readonly stored: StoredRows;
  /** As of `MemoryRows` where the rows are to be measured; otherwise empty. */
  readonly labels: MemoryRows["labels"];
  readonly groups: MemoryRows["groups"];
}

export function columnsOf<Raw extends Numbers>(stored: StoredRows<Raw>): Column<Numbers>[] {
  const placed = ({ ids, numbers, vectors, sets }: PlacedColumns<Raw>): Column<Numbers>[] => [
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

/** The rows over the arrays that they lie in; null where some column lies in a file. */
export function memoryRowsOver(stored: StoredRows): MemoryRows | null {
  if (columnsOf(stored).some(({ kind }) => kind === "file")) return null;
  return {
    kind: "memory",
    rows: stored.rows,
    ...placed(stored),
    ids: mapped(stored.ids, arrayOf),
    histories: mapped(stored.histories, ({ bounds, ids, ...history }) => ({
      ...placed(history),
      steps: mapped(ids, arrayOf),
      ...betweenBounds(arrayOf(bounds)),
    })),
    labels: mapped(stored.labels, arrayOf),
    groups: mapped(stored.groups, arrayOf),
  };
}

function placed({
  numbers,
  vectors,
  sets,
}: Omit<PlacedColumns, "ids">): Pick<HistoryColumns, "numbers" | "sets"> {
  return {
    numbers: new Map([...mapped(numbers, arrayOf), ...mapped(vectors, ({ values }) => arrayOf(values))]),
    sets: mapped(sets, ({ ids, bounds }) => ({ ids: arrayOf(ids), ...betweenBounds(arrayOf(bounds)) })),
  };
}

function betweenBounds(bounds: Int32Array): Pick<SetColumn, "start" | "end"> {
  return { start: bounds.subarray(0, -1), end: bounds.subarray(1) };
}

function arrayOf<T extends Numbers>(column: Column<T>): T {
  if (column.kind === "memory") return column.values;
  throw new InternalError(`${column.path} is not in memory`);
}

export function mapped<A, B>(
  columns: ReadonlyMap<string, A>,
  change: (column: A, name: string) => B,
): Map<string, B> {
  return new Map([...columns].map(([name, column]) => [name, change(column, name)]));
}
