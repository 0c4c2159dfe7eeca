// The rows that a report looks at closely: those that nothing was learned from, a random part of them where they are many.

import type { Dataset, HistoryColumns, SetColumn } from "../data/dataset.ts";
import type { TrainingData } from "../data/training-data.ts";
import { Random } from "../random.ts";

/** So many rows are scored and resampled in a few seconds. */
export const MOST_ROWS = 100_000;

export interface HeldOut {
  readonly split: "valid" | "test";
  /** All of them. */
  readonly all: Dataset;
  /** At most `MOST_ROWS`. */
  readonly sample: Dataset;
}

/** Test rows, without any the validation rows; null where there are neither. */
export function heldOutRows({ test, valid }: TrainingData, seed: number, most = MOST_ROWS): HeldOut | null {
  const [split, all] = test !== null ? (["test", test] as const) : (["valid", valid] as const);
  if (all === null || all.rows === 0) return null;
  const sample =
    all.rows <= most
      ? all
      : rowsAt(all, Random.of(seed, "report rows").order(all.rows).subarray(0, most).sort());
  return { split, all, sample };
}

/** Steps of histories and values of sets stay where they are. */
function rowsAt(data: Dataset, rows: Int32Array): Dataset {
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
