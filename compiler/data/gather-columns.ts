// Gathers rows from columns in memory or in files.

import { type Column, type ColumnReader, inMemory, type Numbers } from "./columns.ts";
import type { HistoryColumns, MemoryRows } from "./memory-rows.ts";
import { type Bounds, readAt, runsAt, single } from "./places.ts";
import type { Found, FoundNumbers, FoundValues, ReadableColumns, RowReader } from "./row-reader.ts";
import { type ColumnRows, mapped, type PlacedColumns } from "./stored-rows.ts";

export function readerOfColumns({ stored }: ColumnRows, files: ColumnReader): RowReader<FoundNumbers> {
  const readable = ({ ids, numbers, vectors, sets }: PlacedColumns): ReadableColumns<FoundNumbers> => ({
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
    ids: MemoryRows["ids"],
    { numbers, sets }: Pick<HistoryColumns, "numbers" | "sets">,
  ): ReadableColumns => ({
    ids: mapped(ids, (values) => own(inMemory(values))),
    numbers: mapped(numbers, (values) => own(inMemory(values))),
    sets: mapped(sets, ({ ids, start, end }) => ({
      ids: inMemory(ids),
      bounds: { kind: "ends", start, end },
      by: "self",
    })),
  });
  return readerOver(files, {
    own: readable(rows.ids, rows),
    steps: mapped(rows.histories, (history) => {
      const { steps, start, end } = history;
      return { ...readable(steps, history), bounds: { kind: "ends", start, end } };
    }),
    labels: mapped(rows.labels, inMemory),
    groups: mapped(rows.groups, (values) => own(inMemory(values))),
  });
}

interface Columns<N extends FoundValues> extends Pick<RowReader<N>, "own" | "groups"> {
  /** With where the steps of each row are. */
  readonly steps: ReadonlyMap<string, ReadableColumns<N> & { readonly bounds: Bounds }>;
  readonly labels: ReadonlyMap<string, Column<Float32Array>>;
}

function readerOver<N extends FoundValues>(files: ColumnReader, columns: Columns<N>): RowReader<N> {
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

function own<T extends Numbers>(column: Column<T>): Found<T> {
  return { column, by: "self" };
}
