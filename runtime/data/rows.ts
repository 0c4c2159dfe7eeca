// Rows to train on, evaluate or predict: in memory as they are, or taken out of columns or put together from an event log when
// they are asked for.

import type { TableUse } from "../../compiler/middle/programs/table-uses.ts";
import { ColumnReader } from "./columns.ts";
import type { Dataset, HistoryColumns, SetColumn } from "./dataset.ts";
import { EventCounts } from "./event-teaching.ts";
import { occurrences } from "./occurrences.ts";
import { idColumn, occurrencesInColumns } from "./raw-rows.ts";
import { groupsOfRows, takeReadyRows } from "./ready-taker.ts";
import { takeRows } from "./row-taker.ts";
import type { EventRows } from "./stored-events.ts";
import type { ReadyRows } from "./stored-rows.ts";

export type Rows = Dataset | ReadyRows | EventRows;

/** All of them in memory, whatever that takes. */
export function datasetOf(rows: Rows): Dataset {
  if (isDataset(rows)) return rows;
  return selected(
    rows,
    Int32Array.from({ length: rows.rows }, (_, i) => i),
  );
}

/** Those of `numbers`, in that order. */
export function selected(rows: Rows, numbers: Int32Array): Dataset {
  if (isDataset(rows)) return selectedOf(rows, numbers);
  const reader = new ColumnReader();
  try {
    if ("split" in rows) return takeRows(rows, reader, numbers);
    const { stored } = rows;
    return { ...takeReadyRows(stored, reader, numbers), groups: groupsOfRows(stored, reader, numbers) };
  } finally {
    reader.close();
  }
}

export function isDataset(rows: Rows): rows is Dataset {
  return !("split" in rows || "stored" in rows);
}

/** What is counted: ids below `ids`, where `uses` say that they stand. */
export interface Counted {
  readonly ids: number;
  readonly uses: readonly TableUse[];
}

/** Of each `occurrences`. What an event log is gone through for is kept from one to the next. */
export function occurrencesIn(counted: readonly Counted[], rows: Rows): Float64Array[] {
  if (isDataset(rows)) return counted.map(({ ids, uses }) => occurrences(ids, uses, rows));
  const reader = new ColumnReader();
  try {
    if ("stored" in rows)
      return counted.map(({ ids, uses }) =>
        occurrencesInColumns(
          uses.map((use) => idColumn(rows.stored, use)),
          ids,
          reader,
        ),
      );
    const counter = new EventCounts(rows.events, rows.split, reader);
    return counted.map(({ ids, uses }) => {
      const counts = new Float64Array(ids);
      for (const use of uses) counter.add(counts, use);
      return counts;
    });
  } finally {
    reader.close();
  }
}

/** Steps of histories and values of sets stay where they are. */
function selectedOf(data: Dataset, rows: Int32Array): Dataset {
  const columns = <T extends Int32Array | Float32Array>(of: ReadonlyMap<string, T>) =>
    mapped(of, (column) => picked(column, rows, data.rows));
  const ends = <T extends HistoryColumns | SetColumn>(column: T): T => ({
    ...column,
    start: picked(column.start, rows, data.rows),
    end: picked(column.end, rows, data.rows),
  });
  return {
    rows: rows.length,
    ids: columns(data.ids),
    sets: mapped(data.sets, ends),
    numbers: columns(data.numbers),
    histories: mapped(data.histories, ends),
    labels: columns(data.labels),
    groups: columns(data.groups),
  };
}

function mapped<A, B>(columns: ReadonlyMap<string, A>, change: (column: A) => B): Map<string, B> {
  return new Map([...columns].map(([name, column]) => [name, change(column)]));
}

/** The values of `rows` of a column of `all` rows, one or several each. */
function picked<T extends Int32Array | Float32Array>(column: T, rows: Int32Array, all: number): T {
  const width = column.length / all;
  const out = column.slice(0, rows.length * width) as T;
  for (let i = 0; i < rows.length; i++)
    for (let j = 0; j < width; j++) out[i * width + j] = column[rows[i]! * width + j]!;
  return out;
}
