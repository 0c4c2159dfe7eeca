// An event log in memory: for each user what they did, earliest first. Ties in the order column keep the order of the
// file's rows.

import {
  keyUnknown,
  missingValue,
  noRows,
  notAnId,
  notAnOrder,
} from "../../compiler/diagnostics/catalog/data.ts";
import type { EventsConfig } from "../config/config.ts";
import type { Encoders } from "../features/encoders.ts";
import { Interner } from "../features/interner.ts";
import { readSound, type Source } from "./bad-rows.ts";
import { ColumnBuilder } from "./builders.ts";
import { type DataFiles, timeColumn } from "./data-files.ts";
import {
  type ColumnUse,
  type FeatureColumns,
  FeatureReader,
  findColumn,
  holdsValues,
} from "./feature-columns.ts";
import type { Findings } from "./findings.ts";
import type { Entities } from "./keyed-table.ts";
import { type Raw, type RawCell, shown } from "./raw-values.ts";
import { isOneValue, numberOf, watchDecimals } from "./values.ts";

export interface EventLog {
  readonly users: Interner;
  readonly items: Interner;
  /** The events of user u are first[u] … first[u + 1] − 1 of the sorted ones. */
  readonly first: Int32Array;
  /** By sorted event: its row in the file, from 0. */
  readonly row: Int32Array;
  /** Rows of the file, from 0 and ascending, that were left out: the others are counted without them. */
  readonly leftOut: readonly number[];
  /** By row in the file: the item's number. */
  readonly item: Int32Array;
  /** By row in the file: context features, and item and user features where there is no table for them. */
  readonly features: FeatureColumns;
}

/** Reads and sorts a log. Where there is an items or a users table, every event has to be in it. */
export async function readEventLog(
  files: DataFiles,
  config: Pick<EventsConfig, "events" | "separator">,
  uses: readonly ColumnUse[],
  tables: Tables,
  encoders: Encoders,
): Promise<EventLog> {
  return readSound(files, config.events.path, encoders, Number.POSITIVE_INFINITY, (source) =>
    readOnce(files, source, config, uses, tables),
  );
}

interface Tables {
  readonly items: Entities | null;
  readonly users: Entities | null;
}

async function readOnce(
  files: DataFiles,
  { file, findings, encoders, limit }: Source,
  { events: config, separator }: Pick<EventsConfig, "events" | "separator">,
  uses: readonly ColumnUse[],
  tables: Tables,
): Promise<EventLog & { readonly rows: number }> {
  const named = (["user", "item", "order"] as const).map((key) => {
    const column = findColumn(file, config[key], `\`events.${key}\` names`, findings);
    return column !== null && holdsValues(column, findings) ? column : null;
  });
  const reader = new FeatureReader(uses, file, encoders, "error", separator, findings);
  findings.throwIfAny();
  const [userColumn, itemColumn, orderColumn] = named.map((column) => column!);
  const users = new Keys(config.user, tables.users, findings);
  const items = new Keys(config.item, tables.items, findings);
  const order = new Order(config.order, findings);
  const columns = [userColumn!, itemColumn!, orderColumn!, timeColumn(orderColumn!), ...reader.columns];
  const rows = await files.scan(
    file,
    columns,
    (chunk) => {
      const [user, item, plain, time] = chunk.columns;
      for (let i = 0; i < chunk.rows; i++) {
        const row = chunk.first + i;
        users.push(user![i]!, row);
        items.push(item![i]!, row);
        order.push(plain![i]!, time![i]!, row);
      }
      reader.read(chunk, 4);
    },
    limit,
  );
  if (rows === 0) findings.add(noRows, { what: "the event log has none" }, null, null);
  findings.throwIfAny();
  const user = users.numbers.finish();
  const { first, row } = sorted(user, users.interner.size, order);
  const shared = { users: users.interner, items: items.interner };
  return {
    ...shared,
    rows,
    leftOut: file.leftOut,
    first,
    row,
    item: items.numbers.finish(),
    features: reader.finish(),
  };
}

/** Numbers the users or items of events. */
class Keys {
  readonly interner: Interner;
  readonly numbers = ColumnBuilder.int32();
  private readonly column: string;
  private readonly table: Entities | null;
  private readonly findings: Findings;
  private readonly watch: (value: Raw, row: number) => void;

  constructor(column: string, table: Entities | null, findings: Findings) {
    this.watch = watchDecimals(column, findings);
    this.column = column;
    this.table = table;
    this.findings = findings;
    this.interner = table?.keys ?? new Interner();
  }

  push(value: RawCell, row: number): void {
    const { column, findings, table } = this;
    if (!isOneValue(value, row, column, findings)) return;
    const number = value === null ? -1 : table === null ? this.interner.add(value) : table.keys.find(value);
    this.watch(value, row);
    if (number < 0) {
      if (value === null) findings.add(missingValue, { column }, row, column);
      else if (table === null) findings.add(notAnId, { column, value: shown(value) }, row, column);
      else findings.add(keyUnknown, { column, value: shown(value), table: table.path }, row, column);
    }
    this.numbers.push(number);
  }
}

/** Low parts are 0 … 2²⁰ − 1, so that nanoseconds since 1970 keep all their digits. */
const LOW = 1048576;

/** What events are ordered by: numbers, or times in whole microseconds. */
class Order {
  private readonly highs = ColumnBuilder.float64();
  private readonly lows = ColumnBuilder.float64();
  private readonly column: string;
  private readonly findings: Findings;
  private kind: "numbers" | "times" | null = null;

  constructor(column: string, findings: Findings) {
    this.column = column;
    this.findings = findings;
  }

  push(plain: RawCell, time: RawCell, row: number): void {
    const { column, findings } = this;
    if (!isOneValue(plain, row, column, findings)) return;
    const number = exact(plain);
    const kind = number !== null ? "numbers" : time !== null ? "times" : null;
    this.kind ??= kind;
    if (plain === null) findings.add(missingValue, { column }, row, column);
    else if (kind === null || kind !== this.kind) {
      const others = this.kind === null ? "anything" : `the ${this.kind} above`;
      findings.add(notAnOrder, { column, value: shown(plain), others }, row, column);
    }
    this.pushParts(number ?? (time as bigint | number | null) ?? 0);
  }

  finish(): { readonly highs: Float64Array; readonly lows: Float64Array } {
    return { highs: this.highs.finish(), lows: this.lows.finish() };
  }

  private pushParts(value: number | bigint): void {
    const high = typeof value === "bigint" ? Number(value >> 20n) : Math.floor(value / LOW);
    this.highs.push(high);
    this.lows.push(typeof value === "bigint" ? Number(value & 1048575n) : value - high * LOW);
  }
}

/** A number without loss, null for what is none. */
function exact(value: Raw): number | bigint | null {
  if (typeof value === "bigint") return value;
  if (value === null || typeof value === "boolean") return null;
  const number = numberOf(value);
  if (typeof value === "string" && !Number.isSafeInteger(number) && /^-?\d+$/.test(value))
    return BigInt(value);
  return Number.isFinite(number) ? number : null;
}

/** Users one behind the other, each user's events by order, then by row. */
function sorted(user: Int32Array, users: number, order: Order): { first: Int32Array; row: Int32Array } {
  const first = new Int32Array(users + 1);
  for (const number of user) first[number + 1]! += 1;
  for (let i = 0; i < users; i++) first[i + 1]! += first[i]!;
  const next = first.slice();
  const row = new Int32Array(user.length);
  for (let i = 0; i < user.length; i++) row[next[user[i]!]!++] = i;
  const { highs, lows } = order.finish();
  const compare = (a: number, b: number): number => highs[a]! - highs[b]! || lows[a]! - lows[b]! || a - b;
  for (let i = 0; i < users; i++) row.subarray(first[i]!, first[i + 1]!).sort(compare);
  return { first, row };
}
