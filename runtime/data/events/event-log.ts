// A sorted event log: the events of each user, earliest first. Ties in the order column keep the order of the
// file's rows, and are counted. The log is read and sorted in pieces. Memory holds the keys of users and
// items, and the columns that fit.

import {
  type Column,
  type ColumnMemory,
  type ColumnReader,
  float64s,
  int32s,
  part,
} from "../../../compiler/data/columns.ts";
import {
  type ColumnUse,
  type FeatureColumns,
  FeatureReader,
  findColumn,
  holdsValues,
} from "../../../compiler/data/feature-columns.ts";
import { Findings, type FindingsOptions } from "../../../compiler/data/findings.ts";
import { type NumberFormat, numberFormat } from "../../../compiler/data/number-format.ts";
import { DecodedColumn, formatRaw, type RawCell } from "../../../compiler/data/raw-values.ts";
import type { DataColumn } from "../../../compiler/data/table.ts";
import { DecimalWatch, isOneValue } from "../../../compiler/data/values.ts";
import {
  itemInNoEvent,
  keyUnknown,
  missingValue,
  noRows,
  notAnId,
} from "../../../compiler/diagnostics/catalog/data.ts";
import type { EventsConfig } from "../../../compiler/frontend/config/config.ts";
import { nameOfAddress } from "../../../compiler/frontend/config/elsewhere.ts";
import { grown, Interner } from "../../../compiler/frontend/kinds/interner.ts";
import { exactColumn, rowLocationsOf } from "../formats/data-file.ts";
import { AFTER_KEYS, type SortedTable, type TableChunk, type TableColumn } from "../storage/sorted-table.ts";
import type { SpillingStore } from "../storage/spilling-store.ts";
import { sortedUses, WideColumns } from "../storage/wide-columns.ts";
import type { CarriedColumns } from "../tables/carried-columns.ts";
import type { Reading } from "../tables/reading.ts";
import type { KeyedColumns, RowSample } from "../tables/row-sample.ts";
import { type FilePass, readSkippingBad } from "../tables/skipping-bad.ts";
import { EventOrder } from "../times/event-order.ts";
import type { RowWindow } from "../times/row-window.ts";
import { FirstOfItems } from "./item-columns.ts";
import type { Entities } from "./keyed-table.ts";
import { LabelWriters, type LogLabelOptions, LogLabels } from "./log-labels.ts";
import type { EventColumns } from "./stored-events.ts";

export interface EventLog {
  readonly users: Interner;
  readonly items: Interner;
  /** The events of user u are first[u] … first[u + 1] − 1 of the sorted ones. */
  readonly first: Int32Array;
  /** By sorted event: the item's number. */
  readonly item: Column<Int32Array>;
  /** The locations of its rows for findings. */
  readonly placed: Pick<FindingsOptions, "leftOut" | "places">;
  /** By item: item features that the log has, with the values of the item's first event in the file. */
  readonly itemFeatures: FeatureColumns;
  /**
   * By sorted event: context features, values that only events have, and user features without a users table.
   */
  readonly events: EventColumns<Float64Array>;
  /** By sorted event: its time, as windows compare it; null if there is no window. */
  readonly times: Column<Float64Array> | null;
  /** Describes the values of the order column. */
  readonly orderedBy: string;
  /**
   * The number of events with the same order value as the previous event of their user, which precedes them
   * in the file.
   */
  readonly ties: number;
  /** The file row, from 0, of the user's event number `place`. */
  rowOf(user: number, place: number): number;
  /** Releases everything except the columns. */
  close(): void;
}

/** The places of columns in the sorted table: the row in the file, the item, and then the others. */
const [ROW, ITEM, OTHERS] = [AFTER_KEYS, AFTER_KEYS + 1, AFTER_KEYS + 2];

/** Reads and sorts a log. If there is an items or a users table, it must contain every event. */
export async function readEventLog(
  reading: Reading,
  config: Pick<EventsConfig, "events" | "separator">,
  wanted: WantedOfLog,
): Promise<EventLog> {
  const { files, memory } = reading;
  // A pass that looks for bad rows discards its scan.
  let last: Scanned | null = null;
  try {
    const scanned = await readSkippingBad(reading, config.events, (source) => {
      last?.discard();
      last = null;
      return scan(source, config, wanted, (each) => {
        last = each;
      });
    });
    files.say(
      `${nameOfAddress(config.events.path)}: sorting ${(scanned.rows / 1e6).toFixed(1)} million events by user`,
    );
    return scanned.sort(memory.reader);
  } catch (error) {
    closeIfAny(last);
    throw error;
  }
}

function closeIfAny(scanned: Scanned | null): void {
  scanned?.close();
}

/** The columns to read from a log, and how to use its events. */
export interface WantedOfLog {
  readonly uses: readonly ColumnUse[];
  readonly tables: Tables;
  /** Reads the times of the events; null if no window needs them. */
  readonly window: RowWindow | null;
  readonly samples: readonly SampleOfEvents[];
  /** The tables from which samples get further columns. */
  readonly keyed?: readonly KeyedColumns[];
  readonly labels: LogLabelOptions | null;
  /** Receives the cells of columns by row of the log. */
  readonly carried?: CarriedColumns | null;
}

/** A sample of the events of a window, or of all. */
export interface SampleOfEvents {
  readonly window: RowWindow | null;
  readonly sample: RowSample;
}

interface Tables {
  readonly items: Entities | null;
  readonly users: Entities | null;
}

/** A log whose events are not yet sorted. */
interface Scanned {
  readonly rows: number;
  sort(reader: ColumnReader): EventLog;
  close(): void;
  /** Called instead of `sort`; releases everything. */
  discard(): void;
}

/** `begun` receives the resources to close, even if the scan fails. */
async function scan(
  { reading, file, findings, limit }: FilePass<Reading>,
  { events: config, separator }: Pick<EventsConfig, "events" | "separator">,
  { uses, tables, window, samples, keyed = [], labels: asked, carried = null }: WantedOfLog,
  begun: (scanned: Scanned) => void,
): Promise<Scanned> {
  const { files, memory, encoders } = reading;
  const { store } = memory;
  const encoding = { encoders, outside: "error", separator } as const;
  const named = (["user", "item", "order"] as const).map((key) => {
    const column = findColumn(file, config[key], `\`events.${key}\` names`, findings);
    return column !== null && holdsValues(column, findings) ? column : null;
  });
  const ofItems = uses.filter(({ feature }) => feature.scope === "item");
  const ofEvents = uses.filter(({ feature }) => feature.scope !== "item");
  const [itemReader, eventReader] = [ofItems, ofEvents].map(
    (each) => new FeatureReader(each, file, encoding, findings),
  );
  const labels = asked === null ? null : new LogLabels(asked, file, findings);
  const further = carried?.begin(file, findings) ?? [];
  findings.throwIfAny();
  const [userColumn, itemColumn, orderColumn] = named.map((column) => column!);
  const users = new Keys(config.user, tables.users, findings, numberFormat(userColumn!));
  const items = new Keys(config.item, tables.items, findings, numberFormat(itemColumn!));
  const order = new EventOrder(config.order, config.timeZone, findings, numberFormat(orderColumn!));
  window?.follow(order, findings);
  const firsts = new FirstOfItems(ofItems);
  const counts = new Counts();
  const wide = new WideColumns(ofEvents, store);
  const sorting = sortedUses(ofEvents);
  const others: TableColumn[] = [
    { type: "int32" },
    { type: "int32" },
    ...(window === null ? [] : [{ type: "float64" } as const]),
    ...sorting.map(({ into }): TableColumn => ({ type: into === "numbers" ? "float64" : "int32" })),
    ...(labels?.names ?? []).map((): TableColumn => ({ type: "float64" })),
  ];
  const table = await files.table(others, store);
  const hasRows = !wide.isEmpty || carried !== null;
  const sorted = { uses: sorting, labels: labels?.names ?? [], wide, hasTimes: window !== null };
  const scanned = (rows: number): Scanned => ({
    rows,
    sort: (reader) => {
      const first = counts.ends(users.interner.size);
      const { row, events, ...columns } = sortedColumns(table, rows, sorted, { store, reader });
      table.close();
      return {
        users: users.interner,
        items: items.interner,
        first,
        placed: rowLocationsOf(file),
        itemFeatures: firsts.byItem(items.interner.size),
        ...columns,
        events: { ...events, row: hasRows ? row : null },
        orderedBy: order.described,
        rowOf: (user, place) => reader.int32(row, first[user]! + place),
        close: () => {
          if (!hasRows) store.remove(row);
        },
      };
    },
    close: () => table.close(),
    discard: () => {
      table.close();
      wide.discard(store);
    },
  });
  begun(scanned(0));
  const columns = [
    ...[userColumn!, itemColumn!, exactColumn(orderColumn!)],
    ...[...itemReader!.columns, ...eventReader!.columns, ...(labels?.columns ?? [])],
  ];
  const carriedFrom = columns.length;
  columns.push(...further);
  // All samples are of the same columns.
  const sampled = samples.map(({ sample }) => sample.begin(file, columns, null, keyed));
  columns.push(...(sampled[0] ?? []));
  const rows = await files.scan(
    file,
    columns,
    (chunk) => {
      const [user, item, moment] = chunk.columns.slice(0, 3).map(({ cells }) => cells);
      const numbers = { user: new Int32Array(chunk.rows), item: new Int32Array(chunk.rows) };
      const parts = { high: new Float64Array(chunk.rows), low: new Float64Array(chunk.rows) };
      const times = window === null ? null : new Float64Array(chunk.rows);
      for (let i = 0; i < chunk.rows; i++) {
        const row = chunk.first + i;
        numbers.user[i] = users.number(user![i]!, row);
        numbers.item[i] = items.number(item![i]!, row);
        order.read(moment![i]!, row);
        parts.high[i] = order.high;
        parts.low[i] = order.low;
        if (times !== null) times[i] = window!.timeOfLast(row);
      }
      carried?.add(chunk, carriedFrom);
      for (const { window: of, sample } of samples)
        sample.add(chunk, of && ((row) => of.placeOf(times![row]!) === 0));
      itemReader!.read(chunk, 3);
      eventReader!.read(chunk, 3 + itemReader!.columns.length);
      firsts.add(numbers.item, itemReader!.drain());
      counts.add(numbers.user);
      const features = eventReader!.drain();
      wide.add(features);
      const inFile = numbers.user.map((_, i) => chunk.first + i);
      const values = [
        ...(times === null ? [] : [times]),
        ...sorting.map(({ feature, into }) => features[into].get(feature.name)!),
        ...(labels?.read(chunk, 3 + itemReader!.columns.length + eventReader!.columns.length) ?? []),
      ];
      table.append(chunk.rows, [...[numbers.user, parts.high, parts.low, inFile, numbers.item], ...values]);
    },
    limit,
  );
  if (rows === 0) findings.add(noRows, { what: "the event log has none" }, null, null);
  order.finish();
  findings.throwIfAny();
  if (tables.items !== null && (asked?.labels.perPositive ?? 0) > 0) {
    const reader = (into: Findings) => new FeatureReader(ofItems, file, encoding, into);
    addUntouched(firsts, tables.items, reader);
  }
  return scanned(rows);
}

/**
 * Adds the items without an event, which may be drawn: their features from the log are missing. Throws
 * DiagnosticError if one of these features must have a value.
 */
function addUntouched(
  firsts: FirstOfItems,
  { path, keys }: Entities,
  readerInto: (findings: Findings) => FeatureReader<DataColumn>,
): void {
  const items = firsts.without(keys.size);
  const lacking = new Findings(nameOfAddress(path));
  const reader = readerInto(lacking);
  const columns = reader.columns.map(() => new DecodedColumn([null]));
  for (const item of items) reader.read({ first: item, rows: 1, columns }, 0);
  const missing = lacking.byRow();
  if (missing.length > 0) {
    const findings = new Findings(nameOfAddress(path));
    const parameters = { columns: missing.flatMap(({ kind: { column } }) => column ?? []) };
    const related = missing.flatMap(({ diagnostic }) => diagnostic.related);
    for (const item of items) findings.add(itemInNoEvent, parameters, item, null, { related });
    findings.throwIfAny();
  }
  firsts.add(items, reader.drain());
}

/** The columns of the sorted table in addition to its keys, and those in the order of the file. */
interface SortedUses {
  readonly uses: readonly ColumnUse[];
  readonly labels: readonly string[];
  readonly wide: WideColumns;
  readonly hasTimes: boolean;
}

function sortedColumns(
  table: SortedTable,
  rows: number,
  { uses, labels, wide, hasTimes }: SortedUses,
  { store, reader }: ColumnMemory<SpillingStore>,
): Pick<EventLog, "item" | "times" | "ties"> & {
  readonly row: Column<Int32Array>;
  readonly events: Omit<EventLog["events"], "row">;
} {
  const time = hasTimes ? store.column(float64s, rows) : null;
  const others = OTHERS + (hasTimes ? 1 : 0);
  const item = store.column(int32s, rows);
  const writers = uses.map((use) => ({
    use,
    ...(use.into === "numbers"
      ? { numbers: store.column(float64s, rows), ints: null }
      : { numbers: null, ints: store.column(int32s, rows) }),
  }));
  const labelWriters = new LabelWriters(labels, store, rows);
  const row = store.column(int32s, rows);
  const ties = new Ties();
  table.sorted((count, values) => {
    ties.add(count, values);
    const ints = (at: number) => part(values[at] as Int32Array, 0, count);
    const floats = (at: number) => part(values[at] as Float64Array, 0, count);
    row.append(ints(ROW));
    item.append(ints(ITEM));
    time?.append(floats(OTHERS));
    for (const [at, writer] of writers.entries())
      if (writer.numbers === null) writer.ints.append(ints(others + at));
      else writer.numbers.append(floats(others + at));
    labelWriters.add(count, values, others + writers.length);
  });
  const ids = new Map<string, Column<Int32Array>>();
  const groups = new Map<string, Column<Int32Array>>();
  const numbers = new Map<string, Column<Float64Array>>();
  for (const { use, ...writer } of writers) {
    const { name } = use.feature;
    if (writer.numbers !== null) numbers.set(name, writer.numbers.finish());
    else (use.into === "ids" ? ids : groups).set(name, writer.ints.finish());
  }
  const more = { labels: labelWriters.finish(), ...wide.finish(store, reader) };
  const events = { ids, groups, numbers, ...more };
  const kept = { row: row.finish(), item: item.finish(), times: time?.finish() ?? null };
  return { ...kept, events, ties: ties.count };
}

/** Counts sorted events whose order is decided only by their position in the file. */
class Ties {
  count = 0;
  private last: readonly [user: number, high: number, low: number] = [-1, 0, 0];

  add(rows: number, [users, highs, lows]: TableChunk): void {
    let [user, high, low] = this.last;
    for (let i = 0; i < rows; i++) {
      if (users![i] === user && highs![i] === high && lows![i] === low) this.count += 1;
      [user, high, low] = [users![i]!, highs![i]!, lows![i]!];
    }
    this.last = [user, high, low];
  }
}

/** Counts events by user. */
class Counts {
  private counts: Int32Array = new Int32Array(1024);

  add(users: Int32Array): void {
    for (let i = 0; i < users.length; i++) {
      const user = users[i]!;
      if (user < 0) continue;
      this.counts = grown(this.counts, user + 1, Int32Array);
      this.counts[user]! += 1;
    }
  }

  /** The end of each user's events, counted from 0. */
  ends(users: number): Int32Array {
    const first = int32s(users + 1);
    for (let user = 0; user < users; user++) first[user + 1] = first[user]! + (this.counts[user] ?? 0);
    return first;
  }
}

/** Numbers the users or items of events. */
class Keys {
  readonly interner: Interner;
  private readonly column: string;
  private readonly table: Entities | null;
  private readonly findings: Findings;
  private readonly watch: DecimalWatch;

  constructor(column: string, table: Entities | null, findings: Findings, format: NumberFormat) {
    this.watch = new DecimalWatch(column, findings, format);
    this.column = column;
    this.table = table;
    this.findings = findings;
    this.interner = table?.keys ?? new Interner();
  }

  /** −1 for a value that isn't an item, which is reported. */
  number(value: RawCell, row: number): number {
    const { column, findings, table } = this;
    if (!isOneValue(value, row, column, findings)) return -1;
    const number = value === null ? -1 : table === null ? this.interner.add(value) : table.keys.find(value);
    this.watch.read(value, row);
    if (number < 0) {
      if (value === null) findings.add(missingValue, { column }, row, column);
      else if (table === null) findings.add(notAnId, { column, value: formatRaw(value) }, row, column);
      else findings.add(keyUnknown, { column, value: formatRaw(value), table: table.path }, row, column);
    }
    return number;
  }
}
