// A pass over a log for one history: the events that fit its `where`, by user, the earliest first, each with
// the values of the history's fields as ids and numbers. The log is read and sorted in pieces; memory holds
// the users, and the columns that fit.

import { type Column, type ColumnWriter, float64s, int32s } from "../../../compiler/data/columns.ts";
import {
  type ColumnUse,
  FeatureReader,
  findColumn,
  holdsValues,
} from "../../../compiler/data/feature-columns.ts";
import { fieldsRead, type GraphInputs } from "../../../compiler/data/graph-inputs.ts";
import { numberFormat } from "../../../compiler/data/number-format.ts";
import { withOwnTimes } from "../../../compiler/data/own-times.ts";
import type { RawCell, RawChunk } from "../../../compiler/data/raw-values.ts";
import { requestCells } from "../../../compiler/data/request-cells.ts";
import type { StoredSets } from "../../../compiler/data/row-stages.ts";
import { pairsOf } from "../../../compiler/data/weighted-values.ts";
import type { PastOfHistory } from "../../../compiler/frontend/config/impressions.ts";
import type { Interner } from "../../../compiler/frontend/kinds/interner.ts";
import { hasIds } from "../../../compiler/frontend/kinds/registry.ts";
import {
  type Feature,
  type History,
  type HistoryField,
  rawNameOf,
} from "../../../compiler/frontend/model/model.ts";
import type { SqlColumn } from "../formats/data-file.ts";
import { exactColumn } from "../formats/data-file.ts";
import { AFTER_KEYS, type SortedTable, type TableColumn } from "../storage/sorted-table.ts";
import { sortedUses, WideColumns } from "../storage/wide-columns.ts";
import type { Reading } from "../tables/reading.ts";
import type { FilePass } from "../tables/skipping-bad.ts";
import { ColumnTimes, type TimeScale } from "../times/time-scale.ts";
import type { DatedTable } from "./dated-table.ts";
import { fitting, Numbered, Repetitions, runsOf } from "./past-cells.ts";
import { TableJoins } from "./table-joins.ts";

export interface StoredPast {
  readonly past: PastOfHistory;
  readonly history: History;
  readonly users: Interner;
  /** The events of user u are first[u] … first[u + 1] − 1. */
  readonly first: Float64Array;
  /** By event: its time, on the common scale. */
  readonly times: Column<Float64Array>;
  /** By field: its values by event. */
  readonly ids: ReadonlyMap<string, Column<Int32Array>>;
  readonly numbers: ReadonlyMap<string, Column<Float64Array>>;
  /** By field: its values in the order of the log; `row` maps events to them. */
  readonly vectors: ReadonlyMap<string, Column<Float32Array>>;
  readonly sets: ReadonlyMap<string, StoredSets>;
  readonly row: Column<Int32Array> | null;
  /** By field: its cells in the order of the log; null if nobody reads them. */
  readonly cells: ReadonlyMap<string, readonly RawCell[]> | null;
  readonly events: number;
  /** On the common scale: an event is visible from `delay` until `window` after it. */
  readonly delay: number;
  readonly window: number;
}

/** The inputs for reading logs. */
export interface PastReading extends Reading {
  readonly inputs: GraphInputs | null;
  /** Separates the values of a set in a text. */
  readonly separator: string;
  readonly outside: "error" | "unknown";
  readonly tables: readonly DatedTable[];
  readonly scale: TimeScale;
  /** If given, only the events of these users are read, and their cells are kept. */
  readonly shownTo?: Interner | null | undefined;
}

/** The places of columns in the sorted table: the number among the events that fit, the item, and then the others. */
const [NUMBER, ITEM, OTHERS] = [AFTER_KEYS, AFTER_KEYS + 1, AFTER_KEYS + 2];

/** The columns of a scan in the log. */
interface Opened {
  readonly joined: TableJoins;
  readonly reader: FeatureReader<SqlColumn>;
  /** The columns that features are read from. */
  readonly wanted: readonly SqlColumn[];
  /** The number of columns for these; after them come user and time, the item, and the columns of `where`. */
  readonly asked: number;
  readonly hasItem: boolean;
  readonly where: readonly { fits(cell: RawCell, row: number): boolean }[];
  readonly users: Numbered;
  readonly items: Numbered;
  readonly times: ColumnTimes;
}

/** One pass over a log for a history, with its sorted result. */
export class Scan {
  /** The number of rows of the log that fit. */
  private events = 0;
  private readonly reading: PastReading;
  private readonly past: PastOfHistory;
  private readonly source: FilePass<PastReading>;
  private readonly table: SortedTable;
  private readonly uses: readonly ColumnUse[];
  private readonly sorting: readonly ColumnUse[];
  private readonly wide: WideColumns;
  private readonly moments = new Float64Array(1 << 16);
  private opened: Opened | null = null;
  /** By place in `wanted`: the cells of the events that fit; none unless they are shown. */
  private cells: RawCell[][] = [];
  private spans: { delay: number | null; window: number | null; gap: number | null } | null = null;

  private constructor(
    past: PastOfHistory,
    source: FilePass<PastReading>,
    uses: readonly ColumnUse[],
    table: SortedTable,
  ) {
    this.reading = source.reading;
    this.past = past;
    this.source = source;
    this.uses = uses;
    this.table = table;
    this.sorting = sortedUses(uses);
    this.wide = new WideColumns(uses, this.reading.memory.store);
  }

  static async begin(past: PastOfHistory, source: FilePass<PastReading>): Promise<Scan> {
    const { reading } = source;
    const fields = fieldsRead(reading.model.histories.get(past.history)!, reading.inputs);
    const uses = fields.map(useOf);
    const others: TableColumn[] = [
      { type: "int32" },
      { type: "int32" },
      ...sortedUses(uses).map(
        ({ into }): TableColumn => ({ type: into === "numbers" ? "float64" : "int32" }),
      ),
    ];
    const table = await reading.files.table(others, reading.memory.store);
    return new Scan(past, source, uses, table);
  }

  /** The columns to read; none if some are missing, which is among the findings. */
  open(): readonly SqlColumn[] {
    const { past } = this;
    const { model, encoders, tables, separator, outside, shownTo } = this.reading;
    const { file, findings } = this.source;
    const named = (column: string, what: string) => {
      const setting = `impressions.histories.${past.history}.${what}`;
      const found = findColumn(file, column, `\`${setting}\` names`, findings);
      return found !== null && holdsValues(found, findings) ? found : null;
    };
    const userColumn = named(past.user, "user");
    const timeColumn = named(past.time!, "time");
    const itemColumn = past.gap === null ? null : named(past.item!, "item");
    const where = past.where.map(({ column: name, values }) => {
      const found = named(name, "where");
      const column = found === null ? null : exactColumn(found);
      return { column, fits: fitting(name, values, findings, column) };
    });
    if (shownTo != null)
      where.push({ column: userColumn, fits: (cell) => cell !== null && shownTo.find(cell) >= 0 });
    const joined = new TableJoins(file, model, tables, findings, { isKeyRequired: false });
    const reader = new FeatureReader<SqlColumn>(
      withOwnTimes(this.uses, model, joined.table, { column: past.time!, timeZone: past.timeZone }),
      joined.table,
      { encoders, outside, separator },
      findings,
    );
    if (findings.isCertain) return [];
    const wanted = reader.columns;
    if (shownTo != null) this.cells = wanted.map(() => []);
    const asked = joined.asked(wanted);
    const hasItem = itemColumn !== null;
    const users = new Numbered(past.user, findings, numberFormat(userColumn));
    const items = new Numbered(past.item ?? "", findings, numberFormat(itemColumn));
    const times = new ColumnTimes(past.time!, past.timeZone, findings, numberFormat(timeColumn));
    const keys = { users, items, times };
    this.opened = { joined, reader, wanted, asked: asked.length, hasItem, where, ...keys };
    return [
      ...asked,
      userColumn!,
      exactColumn(timeColumn!),
      ...(hasItem ? [itemColumn] : []),
      ...where.map(({ column }) => column!),
    ];
  }

  /** Takes a chunk of the columns that `open` returned. */
  take(chunk: RawChunk): void {
    const { sorting, wide, table, moments } = this;
    const { tables, scale } = this.reading;
    const { joined, reader, wanted, asked, hasItem, where, users, items, times } = this.opened!;
    for (const part of runsOf(chunk, where, asked + (hasItem ? 3 : 2))) {
      const [user, time, item] = part.columns.slice(asked, asked + 3).map(({ cells }) => cells);
      const numbers = { user: new Int32Array(part.rows), item: new Int32Array(part.rows) };
      const halves = { high: new Float64Array(part.rows), low: new Float64Array(part.rows) };
      for (let i = 0; i < part.rows; i++) {
        const row = part.first + i;
        numbers.user[i] = users.number(user![i]!, row);
        if (hasItem) numbers.item[i] = items.number(item![i]!, row);
        times.read(time![i]!, row);
        [halves.high[i], halves.low[i]] = times.parts;
        if (tables.length > 0) moments[i] = times.on(scale);
      }
      const filled = joined.filled(part, wanted, (i) => moments[i]!);
      reader.read(filled, 0);
      for (const [i, cells] of this.cells.entries())
        for (const cell of filled.columns[i]!.cells) cells.push(cell);
      const features = reader.drain();
      wide.add(features);
      const inLog = numbers.user.map((_, i) => this.events + i);
      const values = sorting.map(({ feature, into }) => features[into].get(feature.name)!);
      table.append(part.rows, [numbers.user, halves.high, halves.low, inLog, numbers.item, ...values]);
      this.events += part.rows;
    }
  }

  /** Called after all rows. */
  end(): void {
    const { past } = this;
    const { times } = this.opened!;
    const { scale } = this.reading;
    times.finish(scale);
    const span = (key: "delay" | "window" | "gap") =>
      scale.span(key, past[key], past.time!, this.source.findings);
    this.spans = { delay: span("delay"), window: span("window"), gap: span("gap") };
  }

  async sorted(): Promise<StoredPast> {
    const { reading, past, sorting, wide } = this;
    const opened = this.opened!;
    const users = opened.users.interner;
    const { memory, model, files } = reading;
    const { store, reader } = memory;
    const { delay, window, gap } = this.spans!;
    files.say(`${past.path}: sorting ${(this.events / 1e6).toFixed(1)} million events by user`);
    const history = model.histories.get(past.history)!;
    const scaled = opened.times.scaled();
    const first = new Float64Array(users.size + 1);
    const times = store.growing(float64s);
    const row = wide.isEmpty && this.cells.length === 0 ? null : store.growing(int32s);
    const writers = sorting.map(({ into }) =>
      into === "numbers" ? store.growing(float64s) : store.growing(int32s),
    );
    const repetitions = gap === null ? null : new Repetitions(gap, opened.items.interner.size);
    let events = 0;
    this.table.sorted((count, values) => {
      for (let i = 0; i < count; i++) {
        const user = values[0]![i]!;
        // Events without a user are in no history.
        if (user < 0) continue;
        const time = scaled(values[1]![i]!, values[2]![i]!);
        if (repetitions?.isOne(user, values[ITEM]![i]!, time)) continue;
        times.push(time);
        row?.push(values[NUMBER]![i]!);
        for (const [at, writer] of writers.entries()) writer.push(values[OTHERS + at]![i]!);
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
      cells: this.cells.length === 0 ? null : byField(this.shownCells()),
      delay: delay ?? 0,
      window: window ?? Number.POSITIVE_INFINITY,
    };
  }

  /** By feature: the cells as a request has them. */
  private shownCells(): ReadonlyMap<string, readonly RawCell[]> {
    const { reader, wanted } = this.opened!;
    const { separator } = this.reading;
    return new Map(
      reader.uses.map((use, place) => {
        const shown = requestCells(use, wanted[place]!, separator);
        const weights = this.cells[reader.weightsOf(place) ?? -1];
        const cells = this.cells[place]!;
        const paired =
          weights === undefined ? cells : cells.map((cell, i) => pairsOf(cell, weights[i]!, separator));
        return [use.feature.name, paired.map(shown)];
      }),
    );
  }

  close(): void {
    this.table.close();
  }

  /** Called instead of `sorted`; discards everything. */
  discard(): void {
    this.close();
    this.wide.discard(this.reading.memory.store);
  }
}

/** The values of a field are those of its feature in the event. */
function useOf({ feature, column }: HistoryField): ColumnUse {
  const own = feature.scope === "history" ? column : rawNameOf(feature);
  return { feature, column: own, into: isOfIds(feature) ? "ids" : "numbers" };
}

function isOfIds({ kind }: Feature): boolean {
  return hasIds(kind);
}
