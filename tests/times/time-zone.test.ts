// Texts to instants, and what clocks showed to instants, held to another implementation of both: DuckDB's, with the zones of
// its own ICU.

import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTime, type TimeText } from "../../compiler/common/time-text.ts";
import { isTimeZone, TimeZone } from "../../compiler/common/time-zone.ts";

let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:");
  connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

async function rowsOf(query: string): Promise<readonly (string | null)[][]> {
  return (await connection.runAndReadAll(query)).getRowsJson() as (string | null)[][];
}

const two = (number: number) => String(number).padStart(2, "0");

/** Texts of times, right and nearly right, that both read. */
const texts = fc
  .record({
    year: fc.oneof(fc.integer({ min: 1900, max: 2100 }), fc.integer({ min: 0, max: 9999 })),
    month: fc.integer({ min: 0, max: 13 }),
    day: fc.oneof(fc.integer({ min: 1, max: 28 }), fc.integer({ min: 0, max: 32 })),
    between: fc.constantFrom("T", " "),
    time: fc.constantFrom("", "H:M", "H:M:S", "H:M:S.F"),
    hour: fc.oneof(fc.integer({ min: 0, max: 23 }), fc.constantFrom(24, 25)),
    minute: fc.integer({ min: 0, max: 61 }),
    second: fc.oneof(fc.integer({ min: 0, max: 59 }), fc.constantFrom(60, 61)),
    fraction: fc.stringMatching(/^\d{1,6}$/),
    offset: fc.constantFrom(
      ...["", "", "Z", "+00", "-00:00", "+09:00", "-0800", "+05:30", "+0545", "-03:30", "+14:00"],
      ...["+12:45", "-09:30", "+01", " UTC", "+00:19:32", "-15:59"],
    ),
    slashes: fc.boolean(),
    short: fc.boolean(),
  })
  .map(({ year, month, day, between, time, hour, minute, second, fraction, offset, slashes, short }) => {
    const part = short ? String : two;
    const date = [String(year).padStart(4, "0"), part(month), part(day)].join(slashes ? "/" : "-");
    if (time === "") return date;
    const clock = time
      .replace("H", part(hour))
      .replace("M", part(minute))
      .replace("S", part(second))
      .replace("F", fraction);
    // DuckDB wants seconds before an offset.
    return `${date}${between}${clock}${time === "H:M" ? "" : offset}`;
  });

const isRead = (time: ReturnType<typeof readTime>): time is TimeText => typeof time !== "string";

test("a text is the instant that DuckDB has for it, or neither has one", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(texts, { minLength: 100, maxLength: 200 }), async (all) => {
      const listed = all.map((text) => `'${text}'`).join(", ");
      const expected = await rowsOf(
        `SELECT epoch_us(TRY_CAST(text AS TIMESTAMPTZ)) FROM (SELECT unnest([${listed}]) AS text)`,
      );
      for (const [i, text] of all.entries()) {
        const time = readTime(text);
        const microseconds = isRead(time)
          ? BigInt(time.clock - (time.offset ?? 0)) * 1_000_000n + BigInt(time.nanoseconds) / 1000n
          : null;
        expect([text, microseconds === null ? null : String(microseconds)]).toEqual([text, expected[i]![0]]);
      }
    }),
    { numRuns: 20 },
  );
});

test.each([
  ["20260304T091011Z", "2026-03-04T09:10:11Z"],
  ["20260304T0910", "2026-03-04 09:10"],
  ["2026-03-04T09:10+01:00", "2026-03-04T09:10:00+01:00"],
  ["20260304T091011.5+0530", "2026-03-04 09:10:11.500+05:30"],
  ["2026-03-04t09:10:11z", "2026-03-04T09:10:11Z"],
  ["2026-03-04T09:10:11,25 GMT", "2026-03-04T09:10:11.25Z"],
  ["2026-03-04T09:10:11\u221208:00", "2026-03-04T09:10:11-08:00"],
  [" 2026-03-04 09:10 ", "2026-03-04T09:10:00"],
  ["2026-03-04 24:00", "2026-03-05 00:00"],
  ["2026 03 04", "2026/3/4"],
  ["2026-03-04   9:10", "2026-03-04 09:10"],
])("%s is what %s is", (text, other) => {
  expect(isRead(readTime(text))).toBe(true);
  expect({ ...Object(readTime(text)), isDate: null }).toEqual({ ...Object(readTime(other)), isDate: null });
});

test("all digits of a fraction count", () => {
  const of = (text: string) => Object(readTime(text)).nanoseconds;
  const ascending = ["", ".000000001", ".00000000100000001", ".1", ".123456789", ".9999999999999999999999"];
  const found = ascending.map((fraction) => of(`2026-03-04 00:00:00${fraction}`));
  expect(found).toEqual([...found].sort((a, b) => a - b));
  expect(new Set(found).size).toBe(found.length);
  expect(found.at(-1)).toBeLessThan(1e9);
});

test.each([
  ...["03/04/2026", "3/4/26", "26-03-04", "03.04.2026 10:00", "03-04-2026T10:00:00Z", "31/12/2026"].map(
    (text) => [text, "day_or_month"],
  ),
  ...[
    "0000-00-00",
    "2026-02-30",
    "2100-02-29",
    "2026-13-01",
    "2016-12-31 23:59:60",
    "2026-03-04 24:00:01",
  ].map((text) => [text, "no_such_time"]),
  ...["2026-03-04T10:00+25:00", "2026-03-04 10:00:00+09:60", "999999-01-01"].map((text) => [
    text,
    "no_such_time",
  ]),
  ...[
    "",
    "NaT",
    "null",
    "None",
    "infinity",
    "-infinity",
    "epoch",
    "now",
    "today",
    "2026",
    "2026-03",
    "20260304",
  ].map((text) => [text, "no_time"]),
  ...["2026-W10-3", "2026-063", "10:11:12", "2026-03-04Z", "2026-03-04T10", "2026-03/04", "+2026-03-04"].map(
    (text) => [text, "no_time"],
  ),
  ...["２０２６-０３-０４", "٢٠٢٦-٠٣-٠٤", "2026-03-04 10:00 Europe/Berlin", "2026-03-04 10:00 PST"].map(
    (text) => [text, "no_time"],
  ),
  ...[
    "2026-03-04 10:00:00 PM",
    "2026-03-04T10:00:00+9",
    "2026-03-04 10:1-01",
    "02026-03-04",
    "2026-03-04T10:00:00[Asia/Tokyo]",
    "-2026-03-04",
  ].map((text) => [text, "no_time"]),
  ...["Wed, 04 Mar 2026 10:00:00 GMT", "4 March 2026", "2026-03-04\u00a010:00\n\u0000"].map((text) => [
    text,
    "no_time",
  ]),
])("%j is no time", (text, why) => {
  expect(readTime(text!)).toBe(why);
});

// Whose past is settled: DuckDB and Node have their lists of years apart.
const zones = [
  ...["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns"],
  ...["Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia", "Africa/Monrovia", "Europe/Amsterdam"],
  ...[
    "America/Sao_Paulo",
    "Antarctica/Troll",
    "Pacific/Auckland",
    "Africa/Casablanca",
    "America/Havana",
    "UTC",
  ],
] as const;

describe("what a clock showed", () => {
  /** Days, since 1970, before whose noon the clock was changed. */
  const changed = new Map<string, readonly number[]>();

  beforeAll(async () => {
    for (const zone of zones) {
      const found = await rowsOf(`
        WITH noon AS (SELECT range AS day, to_timestamp(86400 * range + 43200) AS t FROM range(-20000, 20000)),
             clock AS (SELECT day, epoch(timezone('${zone}', t)) - epoch(t) AS ahead FROM noon)
        SELECT day FROM (SELECT day, ahead, lag(ahead) OVER (ORDER BY day) AS before FROM clock) WHERE ahead != before`);
      changed.set(
        zone,
        found.map(([day]) => Number(day)),
      );
    }
  });

  const clocks = fc.constantFrom(...zones).chain((zone) =>
    fc.record({
      zone: fc.constant(zone),
      // Around a change, or anywhere.
      day: fc.oneof(
        fc.nat(),
        fc.integer({ min: -20000, max: 20000 }).map((day) => -day - 1e6),
      ),
      second: fc.oneof(
        fc.integer({ min: -1, max: 8 }).map((half) => 1800 * half),
        fc.integer({ min: -86400, max: 86400 }),
      ),
    }),
  );

  test("is at the instants at which DuckDB's clock shows it, and at no others", async () => {
    let [none, twice] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(clocks, { minLength: 30, maxLength: 60 }), async (all) => {
        const asked = all.map(({ zone, day, second }) => {
          const days = changed.get(zone)!;
          const at = day < 0 ? -1e6 - day : (days[day % Math.max(1, days.length)] ?? day % 20000);
          return { zone, clock: 86400 * at + second };
        });
        const listed = asked.map(({ zone, clock }) => `('${zone}', ${clock}::BIGINT)`).join(", ");
        // Of the offsets that hold at some hour around, those that make the clock show this.
        const found = await rowsOf(`
          WITH asked AS (SELECT row_number() OVER () - 1 AS i, zone, clock FROM (VALUES ${listed}) t(zone, clock)),
               hours AS (SELECT i, zone, clock, clock + 3600 * unnest(range(-40, 41)) AS t FROM asked),
               ahead AS (SELECT DISTINCT i, zone, clock, CAST(epoch(timezone(zone, to_timestamp(t))) - t AS BIGINT) AS ahead FROM hours),
               fits AS (SELECT i, clock - ahead AS t FROM ahead WHERE epoch(timezone(zone, to_timestamp(clock - ahead))) = clock)
          SELECT asked.i, string_agg(CAST(t AS BIGINT)::VARCHAR, ' ' ORDER BY t) FROM asked LEFT JOIN fits USING (i) GROUP BY asked.i ORDER BY asked.i`);
        for (const [i, { zone, clock }] of asked.entries()) {
          const instants = new TimeZone(zone).instants(clock);
          expect([zone, clock, instants.join(" ")]).toEqual([zone, clock, found[i]![1] ?? ""]);
          none += Number(instants.length === 0);
          twice += Number(instants.length === 2);
        }
      }),
      { numRuns: 15 },
    );
    expect(none).toBeGreaterThan(0);
    expect(twice).toBeGreaterThan(0);
  });

  test("may skip midnight, or a whole day", () => {
    const day = (text: string) => Object(readTime(text)).clock;
    // Put forward at 0:00.
    expect(new TimeZone("America/Sao_Paulo").startOfDay(day("2018-11-04"))).toBe(day("2018-11-04 03:00"));
    // Put back at 1:00 to 0:00, so that there are two midnights.
    expect(new TimeZone("America/Havana").startOfDay(day("2026-11-01"))).toBe(day("2026-11-01 04:00"));
    // Put forward at 23:30 of the day before.
    expect(new TimeZone("America/Toronto").startOfDay(day("1919-03-31"))).toBe(day("1919-03-31 04:30"));
    // The date line was moved.
    expect(new TimeZone("Pacific/Apia").startOfDay(day("2011-12-30"))).toBe(null);
    expect(new TimeZone("Pacific/Apia").startOfDay(day("2011-12-31"))).toBe(day("2011-12-30 10:00"));
    expect(new TimeZone("Europe/Berlin").startOfDay(day("2026-03-29"))).toBe(day("2026-03-28 23:00"));
  });
});

test("years that no calendar holds are no reason to fail", () => {
  const zone = new TimeZone("Europe/Berlin");
  for (const text of ["0000-01-01", "0001-01-01", "9999-12-31", "270000-01-01", "200000-01-01 (BC)"]) {
    const time = readTime(text);
    expect(isRead(time), text).toBe(true);
    expect(zone.instants(Object(time).clock)).toHaveLength(1);
  }
});

test("a zone has the name of an area and a place in it, or is UTC", () => {
  for (const name of ["Europe/Berlin", "europe/berlin", "UTC", "Etc/GMT+5", "America/Indiana/Knox"])
    expect(isTimeZone(name), name).toBe(true);
  for (const name of [
    "",
    "BST",
    "EST",
    "CET",
    "Mars/Base",
    "+01:00",
    "Europe",
    "Europe/",
    "local",
    "Etc/Unknown",
  ])
    expect(isTimeZone(name), name).toBe(false);
});
