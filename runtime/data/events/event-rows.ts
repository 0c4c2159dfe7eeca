// Rows made from an event log: examples by the protocol, item features from the items table, user features
// from the users table, context features from the event. Histories are stored once per user, and all rows
// refer to them.

import { formatCount } from "../../../compiler/common/format-count.ts";
import {
  type ColumnUse,
  columnUses,
  type FeatureColumns,
  ownColumnUses,
  widthOf,
} from "../../../compiler/data/feature-columns.ts";
import { Findings } from "../../../compiler/data/findings.ts";
import { withOwnTimes } from "../../../compiler/data/own-times.ts";
import { columnNamed } from "../../../compiler/data/table.ts";
import { noExamples } from "../../../compiler/diagnostics/catalog/data.ts";
import { DiagnosticError } from "../../../compiler/diagnostics/diagnostic.ts";
import type { EventsConfig, KeyedTable } from "../../../compiler/frontend/config/config.ts";
import { nameOfAddress } from "../../../compiler/frontend/config/elsewhere.ts";
import { labelsOfEvents } from "../../../compiler/frontend/config/event-labels.ts";
import { eventProblems } from "../../../compiler/frontend/config/training-problems.ts";
import { allFeatures, type Model } from "../../../compiler/frontend/model/model.ts";
import type { Split } from "../../../compiler/train/score.ts";
import type { DataFile } from "../formats/data-file.ts";
import type { CarriedColumns } from "../tables/carried-columns.ts";
import type { DataFiles } from "../tables/data-files.ts";
import type { Reading } from "../tables/reading.ts";
import type { KeyedColumns, RowSample } from "../tables/row-sample.ts";
import { eventsWithin } from "../times/events-in-window.ts";
import { RowWindow } from "../times/row-window.ts";
import { CarriedOfEvents } from "./carried-of-events.ts";
import { type EventLog, readEventLog, type WantedOfLog } from "./event-log.ts";
import { type Entities, readKeyedTable } from "./keyed-table.ts";
import { checkNegatives, drawnForValidation, leaveLastOut } from "./leave-last-out.ts";
import type { EventExamples, StoredEvents } from "./stored-events.ts";

/** A log whose numbers are not yet transformed, and the requested splits, in that order. */
export interface EventSplits {
  readonly events: StoredEvents<Float64Array>;
  readonly splits: readonly EventExamples[];
  /** Describes the order of the events. */
  readonly orderedBy: string;
}

export interface WantedOfEvents {
  readonly splits: readonly Split[];
  /** The most rows of each split. */
  readonly limit?: number | undefined;
  /** Draws some of the events. */
  readonly sample?: RowSample | null;
  /** Receives the cells of columns for the rows of the only split. */
  readonly carried?: CarriedColumns | null;
}

export async function readEventRows(
  reading: Reading,
  config: EventsConfig,
  { sample = null, carried = null, ...wanted }: WantedOfEvents,
): Promise<EventSplits> {
  const { files, memory, model } = reading;
  const kept = carried && (await CarriedOfEvents.open(files, config, model, carried));
  const window = windowOf(config);
  const samples = sample === null ? [] : [{ window, sample }];
  const opened = await openEvents(reading, config, { window, samples, kept });
  const read = splitsOf(reading, config, opened, { ...wanted, window });
  kept?.gather(read.events, read.splits[0]!, opened.log.items, memory.reader);
  if (opened.log.times !== null) memory.store.remove(opened.log.times);
  return read;
}

/** The events to train on, by today's date; null for all. */
export function windowOf({ window }: EventsConfig): RowWindow | null {
  return window === null ? null : new RowWindow(window, Date.now());
}

/** A log and its tables, from which rows of any window are made. */
export interface OpenEvents {
  readonly log: EventLog;
  readonly events: StoredEvents<Float64Array>;
}

/** Reads the log and its tables. */
export async function openEvents(
  reading: Reading,
  config: EventsConfig,
  {
    window,
    samples,
    kept,
  }: Pick<WantedOfLog, "window" | "samples"> & { readonly kept: CarriedOfEvents | null },
): Promise<OpenEvents> {
  const { files, memory, model } = reading;
  const problems = eventProblems(model, config);
  if (problems.length > 0) throw new DiagnosticError(problems);
  const uses = await usesByFile(files, config, model);
  const { items: itemsTable, users: usersTable, separator } = config;
  const wantedOf = (what: "items" | "users") => ({ uses: uses[what], separator, carried: kept?.[what] });
  const items = itemsTable && (await readKeyedTable(reading, itemsTable, "items", wantedOf("items")));
  const users = usersTable && (await readKeyedTable(reading, usersTable, "users", wantedOf("users")));
  const labels = labelsOfEvents(model, config);
  const read = { model, labels, rule: config.label ?? null };
  const keyed = samples.length === 0 ? [] : keyedOf(config, uses);
  const wanted = { uses: uses.log, tables: { items, users }, window, samples, keyed, labels: read };
  const log = await readEventLog(reading, config, { ...wanted, carried: kept?.log ?? null });
  try {
    for (const { sample } of samples) await sample.lookUp(files);
    if (labels.perPositive > 0) {
      const findings = new Findings(nameOfAddress(config.events.path), log.placed);
      files.say(`${nameOfAddress(config.events.path)}: drawing negatives`);
      checkNegatives(log, memory.reader, findings);
      findings.throwIfAny();
    }
    return { log, events: storedEvents(model, log, items, users) };
  } finally {
    log.close();
  }
}

/** Makes the rows of the splits; `window` chooses training targets. */
export function splitsOf(
  { memory, model }: Pick<Reading, "memory" | "model">,
  config: EventsConfig,
  { log, events }: OpenEvents,
  {
    splits,
    limit = Number.POSITIVE_INFINITY,
    window,
  }: Pick<WantedOfEvents, "splits" | "limit"> & { readonly window: RowWindow | null },
): EventSplits {
  const findings = new Findings(nameOfAddress(config.events.path), log.placed);
  const lasts = config.examples.split;
  const drawn = config.validate === null ? null : drawnForValidation(log, config.validate, lasts);
  const within = window === null ? null : eventsWithin(window, log.times!, log.first, memory.reader);
  const { seed } = config.examples.negatives;
  const protocol = { model, labels: labelsOfEvents(model, config), seed, limit, drawn, lasts, within };
  const made = splits.map((split) => {
    const rows = leaveLastOut(log, split, protocol, memory);
    if (split === "train") window?.noteNone(rows.rows, log.first.at(-1)!, findings);
    if (rows.rows === 0 && !findings.isCertain)
      findings.add(noExamples, { split, users: log.users.size }, null, null);
    return rows;
  });
  findings.throwIfAny();
  return { events, splits: made, orderedBy: orderedBy(config, log) };
}

function storedEvents(
  model: Model,
  { itemFeatures, events, item, first }: EventLog,
  items: Entities | null,
  users: Entities | null,
): StoredEvents<Float64Array> {
  const histories = [...model.histories.values()].map(({ name, max, fields }) => ({
    name,
    max,
    fields: fields.map((field) => ({ name: field.name, feature: field.feature.name })),
  }));
  const features = allFeatures(model);
  return {
    items: merged(items?.features ?? EMPTY, itemFeatures),
    users: users?.features ?? EMPTY,
    events,
    item,
    first,
    histories,
    own: features.filter(({ scope }) => scope === "history").map(({ name }) => name),
    widths: new Map(features.map((feature) => [feature.name, widthOf(feature)])),
  };
}

function orderedBy({ events }: EventsConfig, { orderedBy, ties }: EventLog): string {
  const what = ties === 1 ? "tie stays" : "ties stay";
  const tied = ties === 0 ? "" : `; ${formatCount(ties)} ${what} in the order of the file`;
  return `\`${events.order}\`: ${orderedBy}${tied}`;
}

interface UsesByFile {
  readonly items: readonly ColumnUse[];
  readonly users: readonly ColumnUse[];
  readonly log: readonly ColumnUse[];
}

/** The columns of the items and users tables that the model reads. */
export async function keyedColumns(
  files: DataFiles,
  config: EventsConfig,
  model: Model,
): Promise<readonly KeyedColumns[]> {
  return keyedOf(config, await usesByFile(files, config, model));
}

function keyedOf(
  { events, items, users }: EventsConfig,
  uses: Pick<UsesByFile, "items" | "users">,
): KeyedColumns[] {
  const of = (table: KeyedTable | null, key: string, all: readonly ColumnUse[]): KeyedColumns[] => {
    if (table === null) return [];
    const columns = new Set(all.map(({ column }) => column));
    columns.delete(table.key);
    return [{ ...table, of: key, columns: [...columns] }];
  };
  return [...of(items, events.item, uses.items), ...of(users, events.user, uses.users)];
}

/** A feature is read from its scope's table, or from the log if only that has the column. */
async function usesByFile(files: DataFiles, config: EventsConfig, model: Model): Promise<UsesByFile> {
  const { item, order, timeZone } = config.events;
  // The log's column of items has the keys of the table under another name, and items without events have
  // them too.
  const isKeyOf = ({ column }: ColumnUse, table: DataFile, log: DataFile) =>
    columnNamed(table, column) === undefined &&
    columnNamed(log, column) !== undefined &&
    columnNamed(log, column) === columnNamed(log, item);
  const log = await files.file(config.events.path);
  const items = config.items && (await files.file(config.items.path));
  const users = config.users && (await files.file(config.users.path));
  const by: { items: ColumnUse[]; users: ColumnUse[]; log: ColumnUse[] } = { items: [], users: [], log: [] };
  for (const use of columnUses(model)) {
    const { scope } = use.feature;
    if (items !== null && scope === "item" && isKeyOf(use, items, log))
      by.items.push({ ...use, column: config.items!.key });
    else if (scope === "item" && isIn(use, items, log)) by.items.push(use);
    else if (scope === "user" && isIn(use, users, log)) by.users.push(use);
    else by.log.push(use);
  }
  by.log.push(...ownColumnUses(model));
  const named = withOwnTimes(by.log, model, log, { column: order, timeZone });
  return { ...by, log: named };
}

function isIn({ column }: ColumnUse, table: DataFile | null, log: DataFile): boolean {
  return (
    table !== null && (columnNamed(table, column) !== undefined || columnNamed(log, column) === undefined)
  );
}

const EMPTY: FeatureColumns = { ids: new Map(), sets: new Map(), numbers: new Map(), groups: new Map() };

function merged(a: FeatureColumns, b: FeatureColumns): FeatureColumns {
  return {
    ids: new Map([...a.ids, ...b.ids]),
    sets: new Map([...a.sets, ...b.sets]),
    numbers: new Map([...a.numbers, ...b.numbers]),
    groups: new Map([...a.groups, ...b.groups]),
  };
}
