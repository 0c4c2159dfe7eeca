// Takes ready rows out of columns that may lie in files: any few of them, as a Dataset of just these.

import type { ColumnReader } from "./columns.ts";
import type { Dataset, HistoryColumns } from "./dataset.ts";
import { placesIn, rangesAt, setsOfRows, valuesAt, valuesIn } from "./places.ts";
import { mapped, type PlacedColumns, type StoredRows, type StoredSteps } from "./stored-rows.ts";

const ints = (length: number): Int32Array => new Int32Array(length);
const floats = (length: number): Float32Array => new Float32Array(length);

/** Takes `rows`, in that order; without groups, which no batch has. */
export function takeReadyRows(stored: StoredRows, reader: ColumnReader, rows: Int32Array): Dataset {
  return {
    rows: rows.length,
    ids: mapped(stored.ids, (column) => valuesAt(reader, column, rows, ints)),
    ...placedAt(stored, reader, rows),
    histories: mapped(stored.histories, (history) => historyAt(history, reader, rows)),
    labels: mapped(stored.labels, (column) => valuesAt(reader, column, rows, floats)),
    groups: new Map(),
  };
}

export function groupsOfRows(
  { groups }: StoredRows,
  reader: ColumnReader,
  rows: Int32Array,
): Dataset["groups"] {
  return mapped(groups, (column) => valuesAt(reader, column, rows, ints));
}

function placedAt(
  { numbers, vectors, sets }: PlacedColumns,
  reader: ColumnReader,
  places: Int32Array,
): Pick<Dataset, "numbers" | "sets"> {
  return {
    numbers: new Map([
      ...mapped(numbers, (column) => valuesAt(reader, column, places, floats)),
      ...mapped(vectors, ({ values, width }) => valuesAt(reader, values, places, floats, width)),
    ]),
    sets: mapped(sets, (column) => setsOfRows(reader, column, places)),
  };
}

function historyAt(
  { bounds, ids, numbers, vectors, sets }: StoredSteps,
  reader: ColumnReader,
  rows: Int32Array,
): HistoryColumns {
  const ranges = rangesAt(reader, bounds, rows);
  const places = sets.size === 0 ? ints(0) : placesIn(ranges);
  return {
    steps: mapped(ids, (column) => valuesIn(reader, column, ranges, ints)),
    numbers: new Map([
      ...mapped(numbers, (column) => valuesIn(reader, column, ranges, floats)),
      ...mapped(vectors, ({ values, width }) => valuesIn(reader, values, ranges, floats, width)),
    ]),
    sets: mapped(sets, (column) => setsOfRows(reader, column, places)),
    start: ranges.start,
    end: ranges.end,
  };
}
