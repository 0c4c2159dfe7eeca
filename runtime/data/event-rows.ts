// Rows made from an event log: examples by the protocol, item features from the items table, user features from the
// users table, context features from the event. Histories are stored once a user, all rows refer to them.

import { noExamples, oneLabelOnly } from "../../compiler/diagnostics/catalog/data.ts";
import { DiagnosticError, diagnose, inText } from "../../compiler/diagnostics/diagnostic.ts";
import { numbersIn } from "../../compiler/kinds/registry.ts";
import type { Model } from "../../compiler/model/model.ts";
import type { EventsConfig } from "../config/config.ts";
import type { Encoders } from "../features/encoders.ts";
import { sharedInt32 } from "./builders.ts";
import type { DataFile, DataFiles } from "./data-files.ts";
import type { HistoryColumns, SetColumn } from "./dataset.ts";
import { type EventLog, readEventLog } from "./event-log.ts";
import { type ColumnUse, columnUses, type FeatureColumns } from "./feature-columns.ts";
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
  const uses = await usesByFile(files, config, model);
  const { items: itemsTable, users: usersTable, separator } = config;
  const items =
    itemsTable && (await readKeyedTable(files, itemsTable, "items", uses.items, encoders, separator));
  const users =
    usersTable && (await readKeyedTable(files, usersTable, "users", uses.users, encoders, separator));
  const log = await readEventLog(files, config, uses.log, { items, users }, encoders);
  const findings = new Findings(config.events.path);
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
  return by;
}

function isIn({ feature }: ColumnUse, table: DataFile | null, log: DataFile): boolean {
  return table !== null && (table.columns.has(feature.name) || !log.columns.has(feature.name));
}

/** Puts rows together from the columns of items, users and events. */
class RowSource {
  private readonly model: Model;
  private readonly items: FeatureColumns;
  private readonly users: FeatureColumns;
  private readonly events: FeatureColumns;
  /** By feature; shared by all histories and all splits. */
  private readonly steps: ReadonlyMap<string, Int32Array>;
  private readonly sets: ReadonlyMap<string, SetColumn>;

  constructor(model: Model, log: EventLog, items: Entities | null, users: Entities | null) {
    this.model = model;
    const fromLog = split(log.features, (name) => model.features.get(name)!.scope === "item");
    this.items = merged(items?.features ?? EMPTY, gathered(model, fromLog.yes, firstEvents(log)));
    this.users = users?.features ?? EMPTY;
    this.events = fromLog.no;
    const sortedItems = log.row.map((row) => log.item[row]!);
    const fields = [...model.histories.values()].flatMap((history) => history.fields);
    const inSets = (feature: string) => model.features.get(feature)!.set !== null;
    this.steps = new Map(
      fields
        .filter(({ feature }) => !inSets(feature))
        .map(({ feature }) => [feature, gather(this.items.ids.get(feature)!, sortedItems, sharedInt32)]),
    );
    this.sets = new Map(
      fields
        .filter(({ feature }) => inSets(feature))
        .map(({ feature }) => [feature, gatherSets(this.items.sets.get(feature)!, sortedItems)]),
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
    const histories = new Map<string, HistoryColumns>();
    for (const { name, max, fields } of this.model.histories.values()) {
      const start = sharedInt32(examples.rows);
      for (let row = 0; row < start.length; row++)
        start[row] = Math.max(examples.first[row]!, examples.target[row]! - max);
      const own = <T>(columns: ReadonlyMap<string, T>) =>
        new Map([...columns].filter(([name]) => fields.some(({ feature }) => feature === name)));
      histories.set(name, { steps: own(this.steps), sets: own(this.sets), start, end: examples.target });
    }
    return { rows: examples.rows, ...features, histories, labels: new Map([[label, examples.label]]) };
  }
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
        gather(values, rows, floats, numbersIn(model.features.get(name)!.kind)),
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
