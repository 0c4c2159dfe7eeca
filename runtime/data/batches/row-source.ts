// Rows for training, evaluation or prediction, as plain data for a worker: in memory, in columns that may be
// in files, or built on demand from an event log.

import { newArrays } from "../../../compiler/backends/contract/batch.ts";
import { unreachable } from "../../../compiler/common/internal-error.ts";
import type { Random } from "../../../compiler/common/random.ts";
import type { ColumnReader } from "../../../compiler/data/columns.ts";
import { readerOfColumns, readerOfMemory } from "../../../compiler/data/gather-columns.ts";
import { requireCountedRows } from "../../../compiler/data/label-columns.ts";
import { learnedOfLabel } from "../../../compiler/data/label-numbers.ts";
import type { HistoryColumns, MemoryRows, SetRanges } from "../../../compiler/data/memory-rows.ts";
import { type CountedIds, countedBy, occurrencesOf } from "../../../compiler/data/occurrences.ts";
import { sampled } from "../../../compiler/data/requests.ts";
import { type Runs, rowNumbers } from "../../../compiler/data/row-indices.ts";
import { type ReadableColumns, type RowReader, RowValues } from "../../../compiler/data/row-reader.ts";
import { mapped, type StoredRows } from "../../../compiler/data/row-stages.ts";
import type { Model } from "../../../compiler/frontend/model/model.ts";
import { EventCounts } from "../events/fit-events.ts";
import { readerOfEvents } from "../events/gather-events.ts";
import type { EventRows } from "../events/stored-events.ts";
import { withReader } from "../storage/spilling-store.ts";

export type RowSource = MemoryRows | StoredRows | EventRows;

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

/** Throws DiagnosticError if no training row counts for a label. */
export function requireCounted(model: Pick<Model, "labels">, train: RowSource, files: ColumnReader): void {
  const reader = readerOf(train, files);
  requireCountedRows(model, train.rows, function* (column) {
    for (const rows of rowNumbers(train.rows))
      yield new RowValues(reader, rows).label(column, newArrays.floats(rows.length));
  });
}

/**
 * Returns a function that gives the groups of rows by their position in `train`, for batches that keep groups
 * whole; null if there are none.
 */
export function groupsAt(
  { batchBy }: Pick<Model, "batchBy">,
  train: RowSource,
): ((places: Int32Array, files: ColumnReader) => Int32Array) | null {
  if (batchBy === null) return null;
  return (places, files) => new RowValues(readerOf(train, files), places).group(batchBy, newArrays.ints);
}

/** Copies all rows into memory, whatever their size. */
export function memoryRowsOf(source: RowSource): MemoryRows {
  const all = () => Int32Array.from({ length: source.rows }, (_, i) => i);
  return source.kind === "memory" ? source : selected(source, all());
}

/** At most `most` rows in a random order's, with all rows of a request, or none, if predictions see other candidates. */
export function sampleOf(
  source: RowSource,
  { requests }: Pick<Model, "requests">,
  random: Random,
  most: number,
): MemoryRows {
  const order = random.order(source.rows);
  const groups = requests === null ? null : groupsAt({ batchBy: requests.by }, source)!;
  const all = Int32Array.from({ length: groups === null ? 0 : source.rows }, (_, i) => i);
  return selected(source, sampled(order, groups && withReader((files) => groups(all, files)), most));
}

/** The given rows, in that order. Neighbouring rows with the same history share its steps. */
export function selected(source: RowSource, rows: Int32Array): MemoryRows {
  return withReader((files) => {
    const reader = readerOf(source, files);
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
  { ids, numbers, sets }: ReadableColumns,
  history: string | null,
): Pick<MemoryRows, "ids" | "numbers" | "sets"> {
  const { ints, floats } = newArrays;
  return {
    ids: mapped(ids, (_, feature) => values.ids({ feature, history }, ints)),
    numbers: mapped(numbers, ({ width }, feature) => values.numbers({ feature, history, width }, floats)),
    sets: mapped(sets, (_, feature) => {
      const { ids, runs } = values.sets({ feature, history }, ints);
      const weights = values.weights({ feature, history }, runs, floats);
      return { ids, weights, ...endsOf(runs, new Uint8Array(runs.from.length)) };
    }),
  };
}

/** 1 for each run that equals the previous one. */
function sharedRuns({ from, offsets }: Runs): Uint8Array {
  const size = (i: number) => offsets[i + 1]! - offsets[i]!;
  return Uint8Array.from(from, (first, i) =>
    Number(i > 0 && first === from[i - 1] && size(i) === size(i - 1)),
  );
}

/** The start and end of each run in storage, where shared runs are stored only once. */
function endsOf({ offsets }: Runs, isShared: Uint8Array): Pick<SetRanges & HistoryColumns, "start" | "end"> {
  let run = -1;
  const runOf = Array.from(isShared, (shared) => (run += 1 - shared));
  return {
    start: Int32Array.from(runOf, (each) => offsets[each]!),
    end: Int32Array.from(runOf, (each) => offsets[each + 1]!),
  };
}

/** Returns a function that gives the numbers that a label's transforms learn from the rows. */
export function labelNumbersIn(
  { labels }: Pick<Model, "labels">,
  source: RowSource,
): (label: string) => readonly (readonly number[])[] {
  return (label) =>
    withReader((files) => learnedOfLabel(labels.get(label)!, readerOf(source, files), source.rows));
}

/** Like `occurrencesOf`. Results of a pass over an event log are reused for the next of `counted`. */
export function occurrencesIn(counted: readonly CountedIds[], source: RowSource): Float64Array[] {
  return withReader((files) => {
    if (source.kind !== "events") return occurrencesOf(counted, readerOf(source, files), source.rows);
    const counter = new EventCounts(source.events, source.split, files);
    return countedBy(counted, (counts, use) => counter.add(counts, use));
  });
}
