// Copies example rows into memory as far as there is room.

import {
  type Column,
  type ColumnMemory,
  float32s,
  int32s,
  type NumberArray,
  type NumbersOf,
} from "../../../compiler/data/columns.ts";
import {
  type FittedRows,
  mapped,
  type StoredColumns,
  type StoredRows,
} from "../../../compiler/data/row-stages.ts";
import type { SpillingStore } from "../storage/spilling-store.ts";

/**
 * Rows to train on or, with `isMeasured`, rows with labels and groups in memory. Columns that fit are copied
 * to memory.
 */
export function storedRows(
  rows: FittedRows,
  isMeasured: boolean,
  { reader, store }: ColumnMemory<SpillingStore>,
): StoredRows {
  const ints = (column: Column<Int32Array>) => store.settled(column, reader, int32s);
  const floats = (column: Column<Float32Array>) => store.settled(column, reader, float32s);
  const places = ({ ids, numbers, vectors, sets }: StoredColumns): StoredColumns => ({
    ids: mapped(ids, ints),
    numbers: mapped(numbers, floats),
    vectors: mapped(vectors, ({ values, width }) => ({ values: floats(values), width })),
    sets: mapped(sets, ({ ids, weights, bounds }) => ({
      bounds: ints(bounds),
      ids: ints(ids),
      weights: weights && floats(weights),
    })),
  });
  const stored: FittedRows = {
    rows: rows.rows,
    ...places(rows),
    labels: mapped(rows.labels, floats),
    // Values of steps are read once per row, so leaving them in files costs less.
    histories: mapped(
      mapped(rows.histories, (history) => ({ ...history, bounds: ints(history.bounds) })),
      ({ bounds, ...history }) => ({ bounds, ...places(history) }),
    ),
    groups: mapped(rows.groups, ints),
  };
  const whole = <T extends NumberArray>(columns: ReadonlyMap<string, Column<T>>, make: NumbersOf<T>) =>
    mapped(columns, (column) =>
      column.kind === "memory" ? column.values : reader.read(column, 0, make(column.length)),
    );
  return {
    kind: "columns",
    rows: rows.rows,
    stored,
    labels: isMeasured ? whole(stored.labels, float32s) : new Map(),
    groups: isMeasured ? whole(stored.groups, int32s) : new Map(),
  };
}
