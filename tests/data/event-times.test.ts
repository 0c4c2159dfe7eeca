// Events come in the order of the instants at which they happened, however a file writes these and whatever zone the machine
// is in; what leaves an instant open is told.

import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DataFiles } from "../../runtime/data/tables/data-files.ts";
import { TestFolder } from "./files.ts";
import { readOrder } from "./read-order.ts";

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

/** Nights in which clocks were changed, by half an hour, by two, past midnight, by a day, and nights in which none was. */
const nights = [
  ["Europe/Berlin", "2026-10-25T00:00"],
  ["Europe/Berlin", "2026-03-29T00:00"],
  ["America/New_York", "2025-11-02T05:00"],
  ["America/New_York", "2025-03-09T06:30"],
  ["Australia/Lord_Howe", "2024-04-06T14:30"],
  ["Pacific/Chatham", "2024-04-06T13:30"],
  ["America/Sao_Paulo", "2018-02-18T01:30"],
  ["America/Sao_Paulo", "2018-11-04T02:30"],
  ["America/Havana", "2025-11-02T04:30"],
  ["Europe/Dublin", "2024-10-27T00:30"],
  ["Antarctica/Troll", "2025-10-26T00:00"],
  ["Africa/Casablanca", "2025-02-23T01:30"],
  ["America/St_Johns", "2006-10-29T01:31"],
  ["Pacific/Apia", "2011-12-30T09:30"],
  ["Africa/Monrovia", "1972-01-07T00:30"],
  ["Asia/Kolkata", "1999-12-31T18:00"],
  ["Asia/Kathmandu", "1969-12-31T23:00"],
  ["UTC", "2024-02-28T23:45"],
].map(([zone, text]) => ({ zone: zone!, start: BigInt(Date.parse(`${text}Z`)) * 1_000_000n }));

/** How a column writes instants. */
interface Form {
  /** Digits of a second after the point; −1 for whole days. */
  readonly digits: number;
  /** What clocks in `zone` show; `n` chooses among forms of the same. */
  text(at: bigint, n: number, zone: string): string;
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
const withoutOffset = (digits: number) => (at: bigint, n: number, zone: string) => {
  const clock = local(floor(at, SECOND) / SECOND, zone);
  return `${n % 2 === 0 ? clock : clock.replace(" ", "T")}${fraction(at, digits)}`;
};
const inPart = (at: bigint, n: number, zone: string) =>
  (n % 2 === 0 ? withOffset(0) : withoutOffset(0))(at, n >> 1, zone);
const whole = (digits: number) => (at: bigint) => String(at / 10n ** BigInt(9 - digits));
const decimal = (at: bigint) => {
  const size = at < 0n ? -at : at;
  return `${at < 0n ? "-" : ""}${size / SECOND}.${String(size % SECOND).padStart(9, "0")}`;
};

const forms = [
  ...[0, 1, 3, 6, 9].map((digits) => ({ digits, type: null, text: withOffset(digits) })),
  ...[0, 3, 6, 9].map((digits) => ({ digits, type: null, text: withoutOffset(digits) })),
  ...[0, 0, 0].map((digits) => ({ digits, type: null, text: inPart })),
  ...[0, 3, 6, 9].map((digits) => ({ digits, type: "BIGINT", text: whole(digits) })),
  ...[3, 9].map((digits) => ({ digits, type: null, text: whole(digits) })),
  ...[null, "DECIMAL(30,9)"].map((type) => ({ digits: 9, type, text: decimal })),
  { digits: 0, type: "TIMESTAMP_S", text: withoutOffset(0) },
  { digits: 3, type: "TIMESTAMP_MS", text: withoutOffset(3) },
  { digits: 6, type: "TIMESTAMP", text: withoutOffset(6) },
  { digits: 9, type: "TIMESTAMP_NS", text: withoutOffset(9) },
  { digits: 6, type: "TIMESTAMPTZ", text: withOffset(6) },
  ...[null, "DATE"].map((type) => ({
    digits: -1,
    type,
    text: (at: bigint) => utc(at / SECOND).slice(0, 10),
  })),
];

const SHORTEST = 60n * SECOND;

/** The earliest instant at which a clock shows the same, where that is not said: it was put back by three hours at most. */
function earliest(at: bigint, text: string, zone: string): bigint {
  if (!/^\d{4}-\d\d-\d\d[ T]/.test(text) || /(Z|z|UTC|[-+]\d\d(:?\d\d)?)$/.test(text.slice(11))) return at;
  const shows = local(floor(at, SECOND) / SECOND, zone);
  let found = at;
  for (let before = 1n; before <= 180n; before++) {
    const instant = at - before * SHORTEST;
    if (local(floor(instant, SECOND) / SECOND, zone) === shows) found = instant;
  }
  return found;
}

const logs = fc.record({
  night: fc.constantFrom(...nights),
  events: fc.array(
    fc.record({
      user: fc.constantFrom("u", "v"),
      // Of the night in half hours, and a little after, so that some are at the same instant and some nearly.
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
  form: fc.constantFrom<Form>(...forms),
  isZoned: fc.boolean(),
  container: fc.constantFrom("csv", "jsonl", "json", "parquet", "parquet", "parquet"),
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

test("events are ordered by their timestamps, however these are written", async () => {
  const folder = new TestFolder();
  const files = await DataFiles.open();
  let [ties, logsRead] = [0, 0];
  const containers = new Set<string>();
  await fc.assert(
    fc.asyncProperty(logs, async ({ night, events, form, isZoned, container }) => {
      const { digits, type } = form;
      // Whole days are the days of UTC here.
      const timeZone = isZoned && digits >= 0 ? night.zone : null;
      const step = digits < 0 ? 86_400n * SECOND : 10n ** BigInt(9 - digits);
      const all = events.map(({ user, half, behind, n }) => {
        const at = floor(night.start + BigInt(half) * 1800n * SECOND + behind, step);
        const text = form.text(at, n, timeZone ?? "UTC");
        return { user, text, at: earliest(at, text, timeZone ?? "UTC") };
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
  expect(containers.size).toBeGreaterThan(8);
});
