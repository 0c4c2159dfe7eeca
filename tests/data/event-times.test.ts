// Events come in the order of the instants at which they happened, however a file writes these and whatever zone the machine
// is in; what leaves an instant open is told.

import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ColumnReader, ColumnStore } from "../../runtime/data/columns.ts";
import { DataFiles } from "../../runtime/data/data-files.ts";
import { readEventLog } from "../../runtime/data/event-log.ts";
import { FittingEncoders } from "../../runtime/features/encoders.ts";
import { eventsOf, TestFolder } from "./files.ts";

/** As nobody's server is, so that what depends on the machine shows. */
process.env["TZ"] = "America/St_Johns";

let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:");
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

interface ReadOrder {
  /** The items of a user, in their order. */
  readonly items: (user: string) => readonly string[];
  readonly orderedBy: string;
  readonly ties: number;
}

/** `files` stays open. */
async function readOrder(files: DataFiles, path: string, timeZone: string | null = null): Promise<ReadOrder> {
  const config = eventsOf(path);
  const log = await readEventLog(
    files,
    new ColumnStore(Number.POSITIVE_INFINITY, () => ""),
    new ColumnReader(),
    { ...config, events: { ...config.events, timeZone } },
    [],
    { items: null, users: null },
    new FittingEncoders(),
  );
  const { item, items, users, first, orderedBy, ties } = log;
  log.close();
  const sorted = item.kind === "memory" ? [...item.values] : [];
  const of = (user: string) => {
    const number = users.find(user);
    return sorted.slice(first[number], first[number + 1]).map((each) => items.at(each));
  };
  return { items: of, orderedBy, ties };
}

/** An event at whole nanoseconds since 1970. */
interface Event {
  readonly user: string;
  readonly at: bigint;
}

const SECOND = 1_000_000_000n;
const nameOf = (row: number) => `i${row}`;

/** Each user's events by `at`, those at the same instant as they stand in the file. */
function expected(events: readonly Event[], user: string): readonly string[] {
  const own = events.flatMap((event, row) => (event.user === user ? [{ ...event, row }] : []));
  return own
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.row - b.row))
    .map(({ row }) => nameOf(row));
}

/** `2026-03-04 10:11:12` of whole seconds since 1970. */
function utc(seconds: bigint): string {
  return new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace("T", " ");
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function local(seconds: bigint, timeZone: string): string {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
    clocks.set(timeZone, clock);
  }
  return clock.format(Number(seconds) * 1000);
}

const floor = (at: bigint, step: bigint) => at - (((at % step) + step) % step);
const fraction = (at: bigint, digits: number) => {
  const all = String(at - floor(at, SECOND)).padStart(9, "0");
  return digits === 0 ? "" : `.${all.slice(0, digits)}`;
};

/** What clocks of these zones do: nothing, half hours, two hours, midnights, seconds before they were zones. */
const zones = [
  ...["UTC", "Asia/Kolkata", "Asia/Kathmandu", "Europe/Berlin", "America/New_York", "America/St_Johns"],
  ...["Australia/Lord_Howe", "Pacific/Chatham", "America/Sao_Paulo", "Antarctica/Troll", "America/Havana"],
  ...["Europe/Dublin", "Africa/Casablanca", "Pacific/Apia", "Africa/Monrovia"],
];

/** Nights in which clocks of one of them were changed, and some others. */
const nights = [
  ...["2026-10-25T00:00", "2026-03-29T00:00", "2025-11-02T05:30", "2025-03-09T07:00", "2024-04-06T15:00"],
  ...["2018-11-04T02:30", "2018-02-18T02:00", "2011-12-30T09:30", "1972-01-07T00:30", "2025-11-02T04:30"],
  ...["2024-10-27T00:30", "1999-12-31T23:30", "1969-12-31T23:00", "2024-02-28T23:45", "1955-06-05T11:00"],
].map((text) => BigInt(Date.parse(`${text}Z`)) * 1_000_000n);

/** How a column writes instants. */
interface Form {
  /** Digits of a second behind the point; −1 for whole days. */
  readonly digits: number;
  readonly timeZone: string | null;
  /** Of a text column; `n` chooses among forms of the same. */
  text(at: bigint, n: number): string;
  /** DuckDB's type for the same in Parquet; null for text. */
  readonly type: string | null;
}

const offsets = [
  "+09:00",
  "-08:00",
  "+00:00",
  "Z",
  "z",
  "+0530",
  "-0330",
  "+05:45",
  "+14",
  "-11",
  "+12:45",
  " UTC",
  "+01:00",
  "+02:00",
];

function secondsOf(offset: string): bigint {
  const [, sign, hours, minutes = "0"] = /^([-+])(\d\d):?(\d\d)?$/.exec(offset) ?? ["", "+", "0"];
  return BigInt(`${sign}1`) * (BigInt(hours!) * 3600n + BigInt(minutes) * 60n);
}

const withOffset = (digits: number) => (at: bigint, n: number) => {
  const offset = offsets[n % offsets.length]!;
  const clock = utc(floor(at, SECOND) / SECOND + secondsOf(offset));
  return `${n % 3 === 0 ? clock : clock.replace(" ", "T")}${fraction(at, digits)}${offset}`;
};
const withoutOffset = (digits: number, timeZone: string | null) => (at: bigint, n: number) => {
  const clock = local(floor(at, SECOND) / SECOND, timeZone ?? "UTC");
  return `${n % 2 === 0 ? clock : clock.replace(" ", "T")}${fraction(at, digits)}`;
};

const forms: fc.Arbitrary<Form> = fc.oneof(
  fc
    .constantFrom(0, 1, 3, 6, 9)
    .map((digits) => ({ digits, timeZone: null, type: null, text: withOffset(digits) })),
  fc
    .record({ digits: fc.constantFrom(0, 3, 6, 9), timeZone: fc.constantFrom(null, ...zones) })
    .map(({ digits, timeZone }) => ({ digits, timeZone, type: null, text: withoutOffset(digits, timeZone) })),
  fc.constantFrom(...zones).map((timeZone) => ({
    ...{ digits: 0, timeZone, type: null },
    text: (at: bigint, n: number) => (n % 2 === 0 ? withOffset(0) : withoutOffset(0, timeZone))(at, n >> 1),
  })),
  fc
    .constantFrom([0, "BIGINT"], [3, "BIGINT"], [6, "BIGINT"], [9, "BIGINT"], [9, null], [3, null])
    .map(([digits, type]) => ({
      ...{ digits: Number(digits), timeZone: null, type: type === null ? null : String(type) },
      text: (at: bigint) => String(at / 10n ** BigInt(9 - Number(digits))),
    })),
  // Seconds with a fraction, as text and as a decimal.
  fc.constantFrom(null, "DECIMAL(30,9)").map((type) => ({
    ...{ digits: 9, timeZone: null, type },
    text: (at: bigint) =>
      `${at < 0n ? "-" : ""}${(at < 0n ? -at : at) / SECOND}.${String((at < 0n ? -at : at) % SECOND).padStart(9, "0")}`,
  })),
  fc
    .constantFrom([0, "TIMESTAMP_S"], [3, "TIMESTAMP_MS"], [6, "TIMESTAMP"], [9, "TIMESTAMP_NS"])
    .chain(([digits, type]) =>
      fc.constantFrom(null, ...zones).map((timeZone) => ({
        ...{ digits: Number(digits), timeZone, type: String(type) },
        text: withoutOffset(Number(digits), timeZone),
      })),
    ),
  fc.constantFrom(null, ...zones).map((timeZone) => ({
    ...{ digits: 6, timeZone, type: "TIMESTAMPTZ" },
    text: withOffset(6),
  })),
  fc.constantFrom(null, "DATE").map((type) => ({
    ...{ digits: -1, timeZone: null, type },
    text: (at: bigint) => utc(floor(at, SECOND) / SECOND).slice(0, 10),
  })),
);

const SHORTEST = 60n * SECOND;

/** The earliest instant at which a clock shows the same, where that is not said: it was put back by three hours at most. */
function earliest(at: bigint, text: string, timeZone: string | null): bigint {
  if (timeZone === null || /(Z|z|UTC|[-+]\d\d(:?\d\d)?)$/.test(text.slice(11))) return at;
  const shows = local(floor(at, SECOND) / SECOND, timeZone);
  let found = at;
  for (let before = 1n; before <= 180n; before++) {
    const instant = at - before * SHORTEST;
    if (local(floor(instant, SECOND) / SECOND, timeZone) === shows) found = instant;
  }
  return found;
}

const logs = fc.record({
  night: fc.constantFrom(...nights),
  events: fc.array(
    fc.record({
      user: fc.constantFrom("u", "v"),
      // Of the night in half hours, and a little behind, so that some are at the same instant and some nearly.
      half: fc.integer({ min: -3, max: 8 }),
      behind: fc.oneof(
        fc.constant(0n),
        fc.bigInt({ min: 0n, max: 3n }),
        fc.bigInt({ min: 0n, max: 1800n * SECOND }),
      ),
      n: fc.nat(1000),
    }),
    { minLength: 2, maxLength: 16 },
  ),
  form: forms,
  container: fc.constantFrom("csv", "jsonl", "json", "parquet"),
});

async function written(
  folder: TestFolder,
  name: string,
  rows: readonly { readonly user: string; readonly text: string }[],
  container: string,
  type: string | null,
): Promise<string> {
  const named = rows.map(({ user, text }, row) => ({ user_id: user, item_id: nameOf(row), t: text }));
  if (container === "csv")
    return folder.csv(
      `${name}.csv`,
      "user_id,item_id,t",
      ...named.map((row) => Object.values(row).join(",")),
    );
  if (container !== "parquet") {
    const value = (text: string) => (/^-?\d+$/.test(text) ? text : JSON.stringify(text));
    const lines = named.map(
      ({ user_id, item_id, t }) => `{"user_id":"${user_id}","item_id":"${item_id}","t":${value(t)}}`,
    );
    return folder.write(
      `${name}.${container}`,
      container === "json" ? `[${lines.join(",")}]` : lines.join("\n"),
    );
  }
  const path = `${folder.path}/${name}.parquet`;
  const values = named.map(({ user_id, item_id, t }) => `('${user_id}', '${item_id}', '${t}')`).join(", ");
  const column = type === null ? "t" : `CAST(upper(t) AS ${type})`;
  await connection.run(
    `COPY (SELECT user_id, item_id, ${column} AS t FROM (VALUES ${values}) rows(user_id, item_id, t)) TO '${path}' (FORMAT parquet)`,
  );
  return path;
}

test("events come in the order of their instants, however these are written", async () => {
  const folder = new TestFolder();
  const files = await DataFiles.open();
  let [ties, logsRead] = [0, 0];
  const containers = new Set<string>();
  await fc.assert(
    fc.asyncProperty(logs, async ({ night, events, form, container }) => {
      const { digits, timeZone, type } = form;
      const step = digits < 0 ? 86_400n * SECOND : 10n ** BigInt(9 - digits);
      const all = events.map(({ user, half, behind, n }) => {
        const at = floor(night + BigInt(half) * 1800n * SECOND + behind, step);
        const text = form.text(at, n);
        return { user, text, at: earliest(at, text, timeZone) };
      });
      const path = await written(folder, `log${logsRead++}`, all, container, type);
      const read = await readOrder(files, path, timeZone);
      for (const user of ["u", "v"])
        expect([read.items(user), all, read.orderedBy]).toEqual([expected(all, user), all, read.orderedBy]);
      const distinct = new Set(all.map(({ user, at }) => `${user} ${at}`)).size;
      expect(read.ties).toBe(all.length - distinct);
      ties += read.ties;
      containers.add(`${container} ${container === "parquet" ? type : ""}`);
    }),
    { numRuns: 250 },
  );
  await files.close();
  expect(ties).toBeGreaterThan(20);
  expect(containers.size).toBeGreaterThan(9);
}, 120_000);
