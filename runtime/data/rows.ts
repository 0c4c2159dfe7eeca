// Rows to train on, evaluate or predict: in memory as they are, or put together from an event log when they are asked for.

import { occurrences } from "../train/occurrences.ts";
import type { TableUse } from "../train/table-uses.ts";
import { ColumnReader } from "./columns.ts";
import type { Dataset } from "./dataset.ts";
import { EventCounts } from "./event-teaching.ts";
import { takeRows } from "./row-taker.ts";
import type { EventRows } from "./stored-events.ts";

export type Rows = Dataset | EventRows;

/** All of them in memory, whatever that takes. */
export function datasetOf(rows: Rows): Dataset {
  if (!("split" in rows)) return rows;
  const reader = new ColumnReader();
  try {
    return takeRows(
      rows,
      reader,
      Int32Array.from({ length: rows.rows }, (_, i) => i),
    );
  } finally {
    reader.close();
  }
}

/** As `occurrences`. */
export function occurrencesIn(ids: number, uses: readonly TableUse[], rows: Rows): Float64Array {
  if (!("split" in rows)) return occurrences(ids, uses, rows);
  const reader = new ColumnReader();
  try {
    const counts = new Float64Array(ids);
    const counter = new EventCounts(rows.events, rows.split, reader);
    for (const use of uses) counter.add(counts, use);
    return counts;
  } finally {
    reader.close();
  }
}
