// The events that are the steps of one history: those of a log that fit `where`, by user, the earliest first, each with the values of the
// history's fields as ids and numbers. The log is read and sorted in pieces; memory holds the users, and the columns that fit.

import {
  type Column,
  type ColumnReader,
  type ColumnWriter,
  float64s,
  int32s,
  type Numbers,
} from "../../compiler/data/columns.ts";
import {
  type ColumnUse,
  FeatureReader,
  findColumn,
  holdsValues,
} from "../../compiler/data/feature-columns.ts";
import type { Findings } from "../../compiler/data/findings.ts";
import { fieldsRead, type GraphInputs } from "../../compiler/data/graph-inputs.ts";
import { type Raw, type RawCell, type RawChunk, shown } from "../../compiler/data/raw-values.ts";
import type { SetsOfRows } from "../../compiler/data/stored-rows.ts";
import { renumber } from "../../compiler/data/unfitted-rows.ts";
import { isOneValue, watchDecimals } from "../../compiler/data/values.ts";
import { notAnId } from "../../compiler/diagnostics/catalog/data.ts";
import { whereNoNumber } from "../../compiler/diagnostics/catalog/impressions.ts";
import type { PastOfHistory } from "../../compiler/frontend/config/impressions.ts";
import { labelBy } from "../../compiler/frontend/config/label-rule.ts";
import type { Encoders } from "../../compiler/frontend/kinds/encoders.ts";
import { Interner } from "../../compiler/frontend/kinds/interner.ts";
import { hasIds } from "../../compiler/frontend/kinds/registry.ts";
import {
  type Feature,
  type History,
  type HistoryField,
  type Model,
  ownerOf,
} from "../../compiler/frontend/model/model.ts";
import type { SqlColumn } from "./data-file.ts";
import { type DataFiles, exactColumn } from "./data-files.ts";
import type { DatedTable } from "./dated-table.ts";
import { sortedUses, WideColumns } from "./event-log.ts";
import { JoinedRows } from "./joined-rows.ts";
import { readSkippingBad, type Source } from "./skipping-bad.ts";
import type { SortedTable, TableColumn } from "./sorted-table.ts";
import type { SpillingStore } from "./spilling-store.ts";
import { ColumnTimes, type TimeScale } from "./time-scale.ts";

export interface PastEvents {
  readonly past: PastOfHistory;
  readonly history: History;
  readonly users: Interner;
  /** The events of user u are first[u] … first[u + 1] − 1. */
  readonly first: Float64Array;
  /** By event: when, on the scale. */
  readonly times: Column<Float64Array>;
  /** By name of a field: its values by event. */
  readonly ids: ReadonlyMap<string, Column<Int32Array>>;
  readonly numbers: ReadonlyMap<string, Column<Float64Array>>;
  /** By name of a field: its values in the order of the log, where `row` says which. */
  readonly vectors: ReadonlyMap<string, Column<Float32Array>>;
  readonly sets: ReadonlyMap<string, SetsOfRows>;
  readonly row: Column<Int32Array> | null;
  readonly events: number;
  /** On the scale: from how long after it, and until how long after it, an event is seen. */
  readonly delay: number;
  readonly window: number;
}

/** What is needed to read logs. */
export interface PastReading {
  readonly files: DataFiles;
  readonly store: SpillingStore;
  readonly reader: ColumnReader;
  readonly model: Model;
  readonly encoders: Encoders;
  readonly inputs: GraphInputs | null;
  /** In a text between the values of a set. */
  readonly separator: string;
  readonly outside: "error" | "unknown";
  readonly tables: readonly DatedTable[];
  readonly scale: TimeScale;
}

/** Throws DiagnosticError for what is wrong with the log. */
export async function readPastEvents(reading: PastReading, past: PastOfHistory): Promise<PastEvents> {
  const { files, encoders } = reading;
  // Where bad rows are looked for, what the first pass scanned is of no use.
  const scans: Scan[] = [];
  await files.file(past.path, past.isOfSplits);
  try {
    const scan = await readSkippingBad(
      files,
      past.path,
      encoders,
      Number.POSITIVE_INFINITY,
      async (source) => {
        for (const last of scans.splice(0)) last.discard();
        const begun = await Scan.begin(reading, past, source);
        scans.push(begun);
        await begun.read();
        return begun;
      },
    );
    return await scan.sorted();
  } finally {
    for (const scan of scans) scan.close();
  }
}

/** Puts final ids in the place of provisional ones of the vocabulary of `owner`. */
export function renumberPast(
  { history, ids, sets }: PastEvents,
  owner: string,
  final: Int32Array,
  store: SpillingStore,
  reader: ColumnReader,
): void {
  for (const { name, feature } of history.fields) {
    if (ownerOf(feature) !== owner) continue;
    const column = ids.get(name) ?? sets.get(name)?.ids;
    if (column !== undefined) store.rewrite(column, reader, int32s, (values) => renumber(values, final));
  }
}

/** No row is made of them any more. */
export function removePast(
  { times, ids, numbers, vectors, sets, row }: PastEvents,
  store: SpillingStore,
): void {
  const ofSets = [...sets.values()].flatMap(({ ids: values, bounds }) => [values, bounds]);
  const columns: Column<Numbers>[] = [...ids.values(), ...numbers.values(), ...vectors.values(), ...ofSets];
  for (const column of [times, ...columns]) store.remove(column);
  if (row !== null) store.remove(row);
}

/** User, time in two parts, number among those that fit. */
const KEYS: readonly TableColumn[] = [
  { type: "int32" },
  { type: "float64" },
  { type: "float64" },
  { type: "int32" },
];

/** One pass over a log, and what is sorted of it. */
class Scan {
  /** Rows of the log; what fits are `events`. */
  rows = 0;
  private events = 0;
  private readonly users: Numbered;
  private readonly items: Numbered;
  private readonly reading: PastReading;
  private readonly past: PastOfHistory;
  private readonly source: Source;
  private readonly table: SortedTable;
  private readonly uses: readonly ColumnUse[];
  private readonly sorting: readonly ColumnUse[];
  private readonly wide: WideColumns;
  private readonly times: ColumnTimes;
  private spans: { delay: number | null; window: number | null; gap: number | null } | null = null;

  private constructor(
    reading: PastReading,
    past: PastOfHistory,
    source: Source,
    uses: readonly ColumnUse[],
    table: SortedTable,
  ) {
    this.reading = reading;
    this.past = past;
    this.source = source;
    this.uses = uses;
    this.table = table;
    this.sorting = sortedUses(uses);
    this.wide = new WideColumns(uses, reading.store);
    this.users = new Numbered(past.user, source.findings);
    this.items = new Numbered(past.item ?? "", source.findings);
    this.times = new ColumnTimes(past.time!, past.timeZone, source.findings);
  }

  static async begin(reading: PastReading, past: PastOfHistory, source: Source): Promise<Scan> {
    const fields = fieldsRead(reading.model.histories.get(past.history)!, reading.inputs);
    const uses = fields.map(useOf);
    const table = await reading.files.table([
      ...KEYS,
      { type: "int32" },
      ...sortedUses(uses).map(
        ({ into }): TableColumn => ({ type: into === "numbers" ? "float64" : "int32" }),
      ),
    ]);
    return new Scan(reading, past, source, uses, table);
  }

  async read(): Promise<void> {
    const { past, table, sorting, wide, times, users, items } = this;
    const { files, model, tables, separator, outside, scale } = this.reading;
    const { file, findings, encoders, limit } = this.source;
    const named = (column: string, what: string) => {
      const setting = `impressions.histories.${past.history}.${what}`;
      const found = findColumn(file, column, `\`${setting}\` names`, findings);
      return found !== null && holdsValues(found, findings) ? found : null;
    };
    const userColumn = named(past.user, "user");
    const timeColumn = named(past.time!, "time");
    const itemColumn = past.gap === null ? null : named(past.item!, "item");
    const where = past.where.map(({ column, values }) => ({
      column: named(column, "where"),
      fits: fitting(column, values, findings),
    }));
    const joined = new JoinedRows(file, model, tables, findings, false);
    const reader = new FeatureReader<SqlColumn>(
      this.uses,
      joined.table,
      encoders,
      outside,
      separator,
      findings,
    );
    findings.throwIfAny();
    const wanted = reader.columns;
    const asked = joined.asked(wanted);
    const own = [
      userColumn!,
      exactColumn(timeColumn!),
      ...(itemColumn === null ? [] : [itemColumn]),
      ...where.map(({ column }) => column!),
    ];
    const moments = new Float64Array(1 << 16);
    this.rows = await files.scan(
      file,
      [...asked, ...own],
      (chunk) => {
        for (const part of runsOf(chunk, where, asked.length + own.length - where.length)) {
          const [user, time, item] = part.columns.slice(asked.length);
          const numbers = { user: new Int32Array(part.rows), item: new Int32Array(part.rows) };
          const halves = { high: new Float64Array(part.rows), low: new Float64Array(part.rows) };
          for (let i = 0; i < part.rows; i++) {
            const row = part.first + i;
            numbers.user[i] = users.number(user![i]!, row);
            if (itemColumn !== null) numbers.item[i] = items.number(item![i]!, row);
            times.read(time![i]!, row);
            [halves.high[i], halves.low[i]] = times.parts;
            if (tables.length > 0) moments[i] = times.on(scale);
          }
          reader.read(
            joined.filled(part, wanted, (i) => moments[i]!),
            0,
          );
          const features = reader.drain();
          wide.add(features);
          const inLog = numbers.user.map((_, i) => this.events + i);
          const values = sorting.map(({ feature, into }) => features[into].get(feature.name)!);
          table.append(part.rows, [
            ...[numbers.user, halves.high, halves.low, inLog, numbers.item],
            ...values,
          ]);
          this.events += part.rows;
        }
      },
      limit,
    );
    times.finish(scale);
    const span = (key: "delay" | "window" | "gap") => scale.span(key, past[key], past.time!, findings);
    this.spans = { delay: span("delay"), window: span("window"), gap: span("gap") };
    findings.throwIfAny();
  }

  async sorted(): Promise<PastEvents> {
    const { reading, past, sorting, wide } = this;
    const users = this.users.interner;
    const { store, reader, model, files } = reading;
    const { delay, window, gap } = this.spans!;
    files.say(`${past.path}: sorting ${(this.events / 1e6).toFixed(1)} million events by user`);
    const history = model.histories.get(past.history)!;
    const scaled = this.times.scaled();
    const first = new Float64Array(users.size + 1);
    const times = store.growing(float64s);
    const row = wide.isEmpty ? null : store.growing(int32s);
    const writers = sorting.map(({ into }) =>
      into === "numbers" ? store.growing(float64s) : store.growing(int32s),
    );
    const repetitions = gap === null ? null : new Repetitions(gap, this.items.interner.size);
    let events = 0;
    await this.table.sorted(KEYS.length, 0, (count, values) => {
      for (let i = 0; i < count; i++) {
        const user = values[0]![i]!;
        // Nobody's events are in nobody's past.
        if (user < 0) continue;
        const time = scaled(values[1]![i]!, values[2]![i]!);
        if (repetitions?.isOne(user, values[4]![i]!, time)) continue;
        times.push(time);
        row?.push(values[3]![i]!);
        for (const [at, writer] of writers.entries()) writer.push(values[KEYS.length + 1 + at]![i]!);
        first[user + 1]! += 1;
        events += 1;
      }
    });
    for (let user = 0; user < users.size; user++) first[user + 1]! += first[user]!;
    const fieldOf = new Map(history.fields.map(({ name, feature }) => [feature.name, name]));
    const ids = new Map<string, Column<Int32Array>>();
    const numbers = new Map<string, Column<Float64Array>>();
    for (const [at, { feature, into }] of sorting.entries()) {
      const name = fieldOf.get(feature.name)!;
      if (into === "numbers") numbers.set(name, (writers[at] as ColumnWriter<Float64Array>).finish());
      else ids.set(name, (writers[at] as ColumnWriter<Int32Array>).finish());
    }
    const { vectors, sets } = wide.finish(store, reader);
    const byField = <T>(columns: ReadonlyMap<string, T>) =>
      new Map([...columns].map(([feature, column]) => [fieldOf.get(feature)!, column]));
    return {
      ...{ past, history, users, first, ids, numbers, events },
      times: times.finish(),
      vectors: byField(vectors),
      sets: byField(sets),
      row: row?.finish() ?? null,
      delay: delay ?? 0,
      window: window ?? Number.POSITIVE_INFINITY,
    };
  }

  close(): void {
    this.table.close();
  }

  /** Instead of `sorted`; nothing of it is left. */
  discard(): void {
    this.close();
    this.wide.discard(this.reading.store);
  }
}

/** A field has what the event has of its feature. */
function useOf({ feature, column }: HistoryField): ColumnUse {
  const own = feature.scope === "history" ? column : feature.name;
  return { feature, column: own, into: isOfIds(feature) ? "ids" : "numbers" };
}

function isOfIds({ kind }: Feature): boolean {
  return hasIds(kind);
}

/** Numbers the values of a column. */
class Numbered {
  readonly interner = new Interner();
  private readonly column: string;
  private readonly findings: Findings;
  private readonly watch: (value: Raw, row: number) => void;

  constructor(column: string, findings: Findings) {
    this.column = column;
    this.findings = findings;
    this.watch = watchDecimals(column, findings);
  }

  /** −1 for nothing, and for what can be no id, which is noted. */
  number(value: RawCell, row: number): number {
    const { column, findings } = this;
    if (!isOneValue(value, row, column, findings) || value === null) return -1;
    const number = this.interner.add(value);
    if (number < 0) findings.add(notAnId, { column, value: shown(value) }, row, column);
    this.watch(value, row);
    return number;
  }
}

/** Whether a cell is what `where` says of its column. */
function fitting(
  column: string,
  values: readonly string[],
  findings: Findings,
): (cell: RawCell, row: number) => boolean {
  const label = labelBy({ name: null, from: null, positive: values, negative: null });
  return (cell, row) => {
    if (cell === null || !isOneValue(cell, row, column, findings)) return false;
    const found = label(cell);
    if (found === null)
      findings.add(whereNoNumber, { column, value: shown(cell), rule: values[0]! }, row, column);
    return found === 1;
  };
}

/** The parts of a chunk whose rows fit; the columns of `where` stand from `place` on. */
function* runsOf(
  chunk: RawChunk,
  where: readonly { fits(cell: RawCell, row: number): boolean }[],
  place: number,
): Generator<RawChunk> {
  let from = 0;
  for (let row = 0; row <= chunk.rows; row++) {
    if (
      row < chunk.rows &&
      where.every(({ fits }, i) => fits(chunk.columns[place + i]![row]!, chunk.first + row))
    )
      continue;
    if (row > from) yield rowsFrom(chunk, from, row);
    from = row + 1;
  }
}

function rowsFrom(chunk: RawChunk, from: number, to: number): RawChunk {
  if (from === 0 && to === chunk.rows) return chunk;
  const columns = chunk.columns.map((column) => column.slice(from, to));
  return { first: chunk.first + from, rows: to - from, columns };
}

/** Events of a user with an item that come less than `gap` after the last one that counted. Users come one after the other. */
class Repetitions {
  private readonly gap: number;
  /** By item: the user it last counted for, plus 1, and when. */
  private readonly user: Int32Array;
  private readonly time: Float64Array;

  constructor(gap: number, items: number) {
    this.gap = gap;
    this.user = new Int32Array(items);
    this.time = new Float64Array(items);
  }

  isOne(user: number, item: number, time: number): boolean {
    if (item < 0) return false;
    if (this.user[item] === user + 1 && time - this.time[item]! < this.gap) return true;
    this.user[item] = user + 1;
    this.time[item] = time;
    return false;
  }
}
