// Rows for training, evaluation or prediction, as plain data for a worker: in memory, in columns that may be in files, or built
// on demand from an event log.

import { newArrays } from "../../compiler/backends/contract/batch.ts";
import { unreachable } from "../../compiler/common/internal-error.ts";
import { ColumnReader, inMemory } from "../../compiler/data/columns.ts";
import { readerOfColumns, readerOfMemory } from "../../compiler/data/gather-columns.ts";
import type { HistoryColumns, MemoryRows, SetColumn } from "../../compiler/data/memory-rows.ts";
import { type Counted, countedBy, occurrencesOf } from "../../compiler/data/occurrences.ts";
import { type Runs, readAt, single } from "../../compiler/data/places.ts";
import {
  type FoundNumbers,
  type ReadableColumns,
  type RowReader,
  RowValues,
} from "../../compiler/data/row-reader.ts";
import { type ColumnRows, mapped } from "../../compiler/data/stored-rows.ts";
import { EventCounts } from "./fit-events.ts";
import { readerOfEvents } from "./gather-events.ts";
import { FileReader } from "./spilling-store.ts";
import type { EventRows } from "./stored-events.ts";

export type RowSource = MemoryRows | ColumnRows | EventRows;

export function readerOf(source: RowSource, files: ColumnReader): RowReader {
  switch (source.kind) {
    case "memory":
      return readerOfMemory(source, files);
    case "columns":
      return readerOfColumns(source, files);
    case "events":
      return readerOfEvents(source, files);
    default:
      return unreachable(source, "source of rows");
  }
}

/** All of them in memory, whatever that takes. */
export function memoryRowsOf(source: RowSource): MemoryRows {
  const all = () => Int32Array.from({ length: source.rows }, (_, i) => i);
  return source.kind === "memory" ? source : taken(source, all());
}

/** Those of `rows`, in that order. */
export function selected(source: RowSource, rows: Int32Array): MemoryRows {
  return source.kind === "memory" ? selectedOf(source, rows) : taken(source, rows);
}

/** Steps of histories and values of sets stay where they are. */
function selectedOf(all: MemoryRows, rows: Int32Array): MemoryRows {
  const files = new ColumnReader();
  const places = single(rows);
  const { ints, floats } = newArrays;
  const int = (values: Int32Array) => readAt(files, inMemory(values), places, ints(rows.length));
  const ends = <T extends HistoryColumns | SetColumn>(column: T): T => ({
    ...column,
    start: int(column.start),
    end: int(column.end),
  });
  const float = (values: Float32Array) => {
    const width = values.length / all.rows;
    return readAt(files, inMemory(values), places, floats(rows.length * width), width);
  };
  return {
    kind: "memory",
    rows: rows.length,
    ids: mapped(all.ids, int),
    sets: mapped(all.sets, ends),
    numbers: mapped(all.numbers, float),
    histories: mapped(all.histories, ends),
    labels: mapped(all.labels, float),
    groups: mapped(all.groups, int),
  };
}

/** Rows beside each other with the same history share its steps. */
function taken(source: ColumnRows | EventRows, rows: Int32Array): MemoryRows {
  return withFiles((files) => {
    const reader = source.kind === "columns" ? readerOfColumns(source, files) : readerOfEvents(source, files);
    const values = new RowValues(reader, rows);
    const { ints, floats } = newArrays;
    return {
      kind: "memory",
      rows: rows.length,
      ...columnsOf(values, reader.own, null),
      histories: mapped(reader.steps, (columns, history) => {
        const { runs } = values.stepsOf(history);
        const isShared = sharedRuns(runs);
        const stored = new RowValues(
          reader,
          rows.filter((_, i) => !isShared[i]),
        );
        const { ids: steps, ...others } = columnsOf(stored, columns, history);
        return { steps, ...others, ...endsOf(stored.stepsOf(history).runs, isShared) };
      }),
      labels: new Map(reader.labels.map((label) => [label, values.label(label, floats(rows.length))])),
      groups: mapped(reader.groups, (_, feature) => values.group(feature, ints)),
    };
  });
}

function columnsOf(
  values: RowValues,
  { ids, numbers, sets }: ReadableColumns<FoundNumbers>,
  history: string | null,
): Pick<MemoryRows, "ids" | "numbers" | "sets"> {
  const { ints, floats } = newArrays;
  return {
    ids: mapped(ids, (_, feature) => values.ids({ feature, history }, ints)),
    numbers: mapped(numbers, ({ width }, feature) => values.numbers({ feature, history, width }, floats)),
    sets: mapped(sets, (_, feature) => {
      const { ids, runs } = values.sets({ feature, history }, ints);
      return { ids, ...endsOf(runs, new Uint8Array(runs.from.length)) };
    }),
  };
}

/** 1 for each run that is the one before it. */
function sharedRuns({ from, offsets }: Runs): Uint8Array {
  const size = (i: number) => offsets[i + 1]! - offsets[i]!;
  return Uint8Array.from(from, (first, i) =>
    Number(i > 0 && first === from[i - 1] && size(i) === size(i - 1)),
  );
}

/** Where the runs end up; of those that are shared only the first one is there. */
function endsOf({ offsets }: Runs, isShared: Uint8Array): Pick<SetColumn & HistoryColumns, "start" | "end"> {
  let run = -1;
  const runOf = Array.from(isShared, (shared) => (run += 1 - shared));
  return {
    start: Int32Array.from(runOf, (each) => offsets[each]!),
    end: Int32Array.from(runOf, (each) => offsets[each + 1]!),
  };
}

/** As `occurrencesOf`. What an event log is gone through for is kept from one of `counted` to the next. */
export function occurrencesIn(counted: readonly Counted[], source: RowSource): Float64Array[] {
  return withFiles((files) => {
    if (source.kind !== "events") return occurrencesOf(counted, readerOf(source, files), source.rows);
    const counter = new EventCounts(source.events, source.split, files);
    return countedBy(counted, (counts, use) => counter.add(counts, use));
  });
}

function withFiles<T>(work: (files: ColumnReader) => T): T {
  const files = new FileReader();
  try {
    return work(files);
  } finally {
    files.close();
  }
}
