// Rows made from an event log: examples by the protocol, item features from the items table, user features from the
// users table, context features from the event. Histories are stored once a user, all rows refer to them.

import { noExamples, oneLabelOnly } from "../../compiler/diagnostics/catalog/data.ts";
import { oneItemAnEvent } from "../../compiler/diagnostics/catalog/steps.ts";
import { DiagnosticError, diagnose, inText } from "../../compiler/diagnostics/diagnostic.ts";
import { numbersIn } from "../../compiler/kinds/registry.ts";
import { featureNamed, type HistoryField, type Model } from "../../compiler/model/model.ts";
import type { EventsConfig } from "../config/config.ts";
import type { Encoders } from "../features/encoders.ts";
import { sharedInt32 } from "./builders.ts";
import { columnNamed, type DataFile, type DataFiles } from "./data-files.ts";
import type { HistoryColumns, SetColumn } from "./dataset.ts";
import { type EventLog, readEventLog } from "./event-log.ts";
import { type ColumnUse, columnUses, type FeatureColumns, ownColumnUses } from "./feature-columns.ts";
import { Findings } from "./findings.ts";
import { type Entities, readKeyedTable } from "./keyed-table.ts";
import {
  checkNegatives,
  drawnForValidation,
  type Examples,
  leaveLastOut,
  type Split,
} from "./leave-last-out.ts";
import type { RawRows } from "./raw-rows.ts";

/** The splits asked for, in that order; at most `limit` rows of each. */
export async function readEventRows(
  files: DataFiles,
  config: EventsConfig,
  model: Model,
  encoders: Encoders,
  splits: readonly Split[],
  limit: number,
): Promise<RawRows[]> {
  const [label, ...others] = [...model.labels.values()];
  if (others.length > 0) {
    const labels = [...model.labels.keys()].map((name) => `\`${name}\``).join(", ");
    throw new DiagnosticError([diagnose(oneLabelOnly, { labels }, inText(others[0]!.span))]);
  }
  for (const { name: history, fields } of model.histories.values())
    for (const [i, { feature, column, span }] of fields.entries()) {
      const first = fields.slice(0, i).find((each) => each.feature.name === feature.name);
      if (first === undefined) continue;
      const columns = `\`${first.column}\` and \`${column}\``;
      const parameters = { history, feature: feature.name, columns };
      throw new DiagnosticError([diagnose(oneItemAnEvent, parameters, inText(span))]);
    }
  const uses = await usesByFile(files, config, model);
  const { items: itemsTable, users: usersTable, separator } = config;
  const items =
    itemsTable && (await readKeyedTable(files, itemsTable, "items", uses.items, encoders, separator));
  const users =
    usersTable && (await readKeyedTable(files, usersTable, "users", uses.users, encoders, separator));
  const log = await readEventLog(files, config, uses.log, { items, users }, encoders);
  const findings = new Findings(config.events.path, { leftOut: log.leftOut });
  const source = new RowSource(model, log, items, users);
  checkNegatives(log, findings);
  findings.throwIfAny();
  const drawn = config.validate === null ? null : drawnForValidation(log, config.validate);
  const made = splits.map((split) => {
    const examples = leaveLastOut(log, split, config.examples.negatives, limit, drawn);
    if (examples.rows === 0) findings.add(noExamples, { split, users: log.users.size }, null, null);
    return examples;
  });
  findings.throwIfAny();
  return made.map((examples) => source.rows(examples, label!.name));
}

interface UsesByFile {
  readonly items: readonly ColumnUse[];
  readonly users: readonly ColumnUse[];
  readonly log: readonly ColumnUse[];
}

/** A feature is read from its scope's table; from the log where the table has no such column and the log has. */
async function usesByFile(files: DataFiles, config: EventsConfig, model: Model): Promise<UsesByFile> {
  const log = await files.file(config.events.path);
  const items = config.items && (await files.file(config.items.path));
  const users = config.users && (await files.file(config.users.path));
  const by: { items: ColumnUse[]; users: ColumnUse[]; log: ColumnUse[] } = { items: [], users: [], log: [] };
  for (const use of columnUses(model)) {
    const { scope } = use.feature;
    if (scope === "item" && isIn(use, items, log)) by.items.push(use);
    else if (scope === "user" && isIn(use, users, log)) by.users.push(use);
    else by.log.push(use);
  }
  by.log.push(...ownColumnUses(model));
  return by;
}

function isIn({ column }: ColumnUse, table: DataFile | null, log: DataFile): boolean {
  return (
    table !== null && (columnNamed(table, column) !== undefined || columnNamed(log, column) === undefined)
  );
}

/** Puts rows together from the columns of items, users and events. */
class RowSource {
  private readonly model: Model;
  private readonly items: FeatureColumns;
  private readonly users: FeatureColumns;
  private readonly events: FeatureColumns;
  /** Of each sorted event what histories have of it, by feature; shared by all histories and all splits. */
  private readonly steps: FeatureColumns;

  constructor(model: Model, log: EventLog, items: Entities | null, users: Entities | null) {
    this.model = model;
    const scopeOf = (name: string) => model.features.get(name)?.scope ?? "history";
    const fromLog = split(log.features, (name) => scopeOf(name) === "item");
    const ofEvents = split(fromLog.no, (name) => scopeOf(name) === "history");
    this.items = merged(items?.features ?? EMPTY, gathered(model, fromLog.yes, firstEvents(log)));
    this.users = users?.features ?? EMPTY;
    this.events = ofEvents.no;
    const sortedItems = log.row.map((row) => log.item[row]!);
    const bound = new Set(
      [...model.histories.values()].flatMap(({ fields }) => fields.map(({ feature }) => feature.name)),
    );
    this.steps = merged(
      gathered(model, split(this.items, (name) => bound.has(name)).yes, sortedItems),
      gathered(model, ofEvents.yes, log.row),
    );
  }

  rows(examples: Examples, label: string): RawRows {
    const features = merged(
      gathered(this.model, this.items, examples.item),
      merged(
        gathered(this.model, this.users, examples.user),
        gathered(this.model, this.events, examples.event),
      ),
    );
    const histories = new Map<string, HistoryColumns<Float64Array>>();
    for (const { name, max, fields } of this.model.histories.values()) {
      const start = sharedInt32(examples.rows);
      for (let row = 0; row < start.length; row++)
        start[row] = Math.max(examples.first[row]!, examples.target[row]! - max);
      const { ids, sets, numbers } = this.steps;
      histories.set(name, {
        steps: byField(fields, ids),
        sets: byField(fields, sets),
        numbers: byField(fields, numbers),
        start,
        end: examples.target,
      });
    }
    return { rows: examples.rows, ...features, histories, labels: new Map([[label, examples.label]]) };
  }
}

/** Of the columns by feature those of a history's fields. */
function byField<T>(fields: readonly HistoryField[], columns: ReadonlyMap<string, T>): Map<string, T> {
  return new Map(
    fields.flatMap(({ name, feature }) => {
      const column = columns.get(feature.name);
      return column === undefined ? [] : [[name, column] as const];
    }),
  );
}

const EMPTY: FeatureColumns = { ids: new Map(), sets: new Map(), numbers: new Map(), groups: new Map() };

/** By item: its first event in the file, which says what the item is where there is no items table. */
function firstEvents(log: EventLog): Int32Array {
  const first = new Int32Array(log.items.size);
  for (let row = log.item.length - 1; row >= 0; row--) first[log.item[row]!] = row;
  return first;
}

function gathered(model: Model, columns: FeatureColumns, rows: Int32Array): FeatureColumns {
  const ints = (map: ReadonlyMap<string, Int32Array>): Map<string, Int32Array> =>
    new Map([...map].map(([name, values]) => [name, gather(values, rows, sharedInt32)]));
  const floats = (length: number): Float64Array => new Float64Array(length);
  return {
    ids: ints(columns.ids),
    sets: new Map([...columns.sets].map(([name, sets]) => [name, gatherSets(sets, rows)])),
    numbers: new Map(
      [...columns.numbers].map(([name, values]) => [
        name,
        gather(values, rows, floats, numbersIn(featureNamed(model, name).kind)),
      ]),
    ),
    groups: ints(columns.groups),
  };
}

function gather<T extends Int32Array | Float64Array>(
  values: T,
  rows: Int32Array,
  make: (length: number) => T,
  width = 1,
): T {
  const out = make(rows.length * width);
  for (let i = 0; i < rows.length; i++)
    for (let at = 0; at < width; at++) out[i * width + at] = values[rows[i]! * width + at]!;
  return out;
}

/** The values themselves are shared. */
function gatherSets({ ids, start, end }: SetColumn, rows: Int32Array): SetColumn {
  return { ids, start: gather(start, rows, sharedInt32), end: gather(end, rows, sharedInt32) };
}

function merged(a: FeatureColumns, b: FeatureColumns): FeatureColumns {
  return {
    ids: new Map([...a.ids, ...b.ids]),
    sets: new Map([...a.sets, ...b.sets]),
    numbers: new Map([...a.numbers, ...b.numbers]),
    groups: new Map([...a.groups, ...b.groups]),
  };
}

function split(
  columns: FeatureColumns,
  which: (feature: string) => boolean,
): { readonly yes: FeatureColumns; readonly no: FeatureColumns } {
  const part = (wanted: boolean): FeatureColumns => ({
    ids: new Map([...columns.ids].filter(([name]) => which(name) === wanted)),
    sets: new Map([...columns.sets].filter(([name]) => which(name) === wanted)),
    numbers: new Map([...columns.numbers].filter(([name]) => which(name) === wanted)),
    groups: new Map([...columns.groups].filter(([name]) => which(name) === wanted)),
  });
  return { yes: part(true), no: part(false) };
}
