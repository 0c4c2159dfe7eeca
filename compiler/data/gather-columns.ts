// Gathers rows from columns in memory or in files.

import { type Column, type ColumnReader, inMemory, type NumberArray } from "./columns.ts";
import type { HistoryColumns, MemoryRows } from "./memory-rows.ts";
import { type Bounds, readAt, runsAt, single } from "./row-indices.ts";
import type { LocatedColumn, ReadableColumns, RowReader } from "./row-reader.ts";
import { mapped, type StoredColumns, type StoredRows } from "./row-stages.ts";

export function readerOfColumns({ stored }: StoredRows, files: ColumnReader): RowReader {
  const readable = ({ ids, numbers, vectors, sets }: StoredColumns): ReadableColumns => ({
    ids: mapped(ids, own),
    numbers: new Map([
      ...mapped(numbers, (column) => ({ ...own(column), width: 1 })),
      ...mapped(vectors, ({ values, width }) => ({ ...own(values), width })),
    ]),
    sets: mapped(sets, (set) => ({ ...set, by: "self" })),
  });
  return readerOver(files, {
    own: readable(stored),
    steps: mapped(stored.histories, (history) => ({ ...readable(history), bounds: history.bounds })),
    labels: stored.labels,
    groups: mapped(stored.groups, own),
  });
}

export function readerOfMemory(rows: MemoryRows, files: ColumnReader): RowReader {
  const readable = (
    count: number,
    { ids, numbers, sets }: Pick<MemoryRows, "ids" | "numbers" | "sets">,
  ): ReadableColumns => ({
    ids: mapped(ids, (values) => own(inMemory(values))),
    numbers: mapped(numbers, (values) => ({
      ...own(inMemory(values)),
      width: values.length / Math.max(1, count),
    })),
    sets: mapped(sets, ({ ids, weights, ...ends }) => ({
      ids: inMemory(ids),
      weights: weights && inMemory(weights),
      bounds: endsOf(ends),
      by: "self",
    })),
  });
  return readerOver(files, {
    own: readable(rows.rows, rows),
    steps: mapped(rows.histories, ({ steps: ids, ...history }) => {
      const count = history.end.reduce((most, end) => Math.max(most, end), 0);
      return { ...readable(count, { ids, ...history }), bounds: endsOf(history) };
    }),
    labels: mapped(rows.labels, inMemory),
    groups: mapped(rows.groups, (values) => own(inMemory(values))),
  });
}

function endsOf({ start, end }: Pick<HistoryColumns, "start" | "end">): Bounds {
  return { kind: "ends", start, end };
}

interface Columns extends Pick<RowReader, "own" | "groups"> {
  /** Columns of steps, with the bounds of each row's steps. */
  readonly steps: ReadonlyMap<string, ReadableColumns & { readonly bounds: Bounds }>;
  readonly labels: ReadonlyMap<string, Column<Float32Array>>;
}

function readerOver(files: ColumnReader, columns: Columns): RowReader {
  return {
    ...columns,
    files,
    labels: [...columns.labels.keys()],
    at(rows) {
      const places = single(rows);
      return {
        of: () => places,
        stepsOf(history) {
          const runs = runsAt(files, columns.steps.get(history)!.bounds, places);
          return { runs, of: () => runs };
        },
        label: (name, out) => readAt(files, columns.labels.get(name)!, places, out),
      };
    },
  };
}

function own<T extends NumberArray>(column: Column<T>): LocatedColumn<T> {
  return { column, by: "self" };
}
