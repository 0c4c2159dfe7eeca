// What is said of the times in an event log: what they were taken for, and which of them cannot be read as one instant.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { BadRowReport } from "../../runtime/data/tables/bad-rows.ts";
import { DataFiles } from "../../runtime/data/tables/data-files.ts";
import { runs } from "../support/how-often.ts";
import { TestFolder } from "./files.ts";
import { readOrder } from "./read-order.ts";

/** The order that was read and what is said of it, or what is wrong; of a log with these times. */
async function said(times: readonly unknown[], timeZone: string | null = null, badRows = new BadRowReport()) {
  const folder = new TestFolder();
  const isText = times.every((time) => typeof time === "string");
  const path = isText
    ? folder.csv("log.csv", "user_id,item_id,t", ...times.map((time, i) => `u,i${i},${time}`))
    : folder.write(
        "log.jsonl",
        times.map((t, i) => JSON.stringify({ user_id: "u", item_id: `i${i}`, t })).join("\n"),
      );
  const files = await DataFiles.open({ badRows });
  let told = "";
  try {
    told = await folder.said(async () => {
      const { items, orderedBy, ties } = await readOrder(files, path, timeZone);
      const remarks = renderPretty([...badRows.warnings, ...badRows.remarks]).replaceAll(
        `${folder.path}/`,
        "",
      );
      told = `${items("u").join(" ")}; ${orderedBy}${ties === 0 ? "" : `; ${ties} ties`}\n${remarks}`;
      throw new Read();
    });
  } catch (error) {
    if (!(error instanceof Read)) throw error;
  } finally {
    await files.close();
  }
  return told;
}

class Read extends Error {}

describe("the reading of a column is reported", () => {
  test.each([
    [["3", "1", "2"], "i1 i2 i0; numbers, from 1 to 3"],
    [["-0.5", "1e3", "20260304"], "i0 i1 i2; numbers, from -0.5 to 20260304"],
    [
      ["1772358661", "1772358660.5", "1772358660"],
      "i2 i1 i0; epoch seconds, from 2026-03-01T09:51:00Z to 2026-03-01T09:51:01Z",
    ],
    [
      ["1772358660123", "1772358660122"],
      "i1 i0; epoch milliseconds, from 2026-03-01T09:51:00Z to 2026-03-01T09:51:00Z",
    ],
    [
      ["1772358660123456", "1772358660123455"],
      "i1 i0; epoch microseconds, from 2026-03-01T09:51:00Z to 2026-03-01T09:51:00Z",
    ],
    [
      ["1772358660123456789", "1772358660123456788"],
      "i1 i0; epoch nanoseconds, from 2026-03-01T09:51:00Z to 2026-03-01T09:51:00Z",
    ],
    [
      ["2026-03-02", "2026-03-01", "2026-03-02"],
      "i1 i0 i2; dates, each taken for its midnight in UTC, from 2026-03-01T00:00:00Z to 2026-03-02T00:00:00Z; 1 ties",
    ],
    [
      ["2026-03-01 10:00", "2026-03-01 09:00"],
      "i1 i0; times without a UTC offset, taken for UTC, from 2026-03-01T09:00:00Z to 2026-03-01T10:00:00Z",
    ],
    [
      ["2026-03-01 10:00+01:00", "2026-03-01 09:30Z"],
      "i0 i1; times with a UTC offset, from 2026-03-01T09:00:00Z to 2026-03-01T09:30:00Z",
    ],
    [
      ["2026-03-01 10:00", "2026-03-01"],
      "i1 i0; times without a UTC offset, taken for UTC, 1 of them dates, each taken for its midnight in UTC, from 2026-03-01T00:00:00Z to 2026-03-01T10:00:00Z",
    ],
  ])("%j", async (times, expected) => {
    expect(await said(times)).toBe(`${expected}\n`);
  });

  test("in a time zone", async () => {
    expect(await said(["2026-03-01 10:00", "2026-02-28"], "Asia/Tokyo")).toBe(
      "i1 i0; times without a UTC offset, as clocks in Asia/Tokyo show them, 1 of them dates, each taken for its midnight in Asia/Tokyo, from 2026-02-27T15:00:00Z to 2026-03-01T01:00:00Z\n",
    );
    expect(await said(["2026-03-01 10:00", "2026-03-01 10:00+10:00"], "Asia/Tokyo")).toBe(
      "i1 i0; times, 1 of them without a UTC offset, as clocks in Asia/Tokyo show them, from 2026-03-01T00:00:00Z to 2026-03-01T01:00:00Z\n",
    );
  });
});

test("numbers of two units", async () => {
  expect(await said(["1772358660", "1772358661000", "1772358662", "0"])).toMatchInlineSnapshot(`
    "error[DIN0581 mixed-time-units]: \`t\` is 1772358661000, which counts milliseconds since 1970, but other rows count seconds, such as 1772358660
     --> log.csv, row 2, column t
      = help: write all of them in seconds
    "
  `);
  expect(await said([1772358660, 1772358661000, 1772358662000000, 1772358663])).toMatchInlineSnapshot(`
    "error[DIN0581 mixed-time-units]: \`t\` is 1772358661000, which counts milliseconds since 1970, but other rows count seconds, such as 1772358660 (and 1 more like this)
     --> log.jsonl, row 2, column t
      = help: write all of them in seconds
    "
  `);
  // Whatever is done with bad rows: of no row can it be said that it is the one that is wrong.
  expect(await said(["1772358660", "1772358661000"], null, new BadRowReport("skip"))).toContain("DIN0581");
  // A count that goes so far is no time.
  expect(await said(["1", "1000", "1772358660", "1772358661000"])).toContain("i0 i1 i2 i3; numbers");
});

test("a number that stands for a missing time", async () => {
  expect(await said(["1772358660", "0", "1772358661", "1772358662", "-1"])).toMatchInlineSnapshot(`
    "i4 i1 i0 i2 i3; epoch seconds, from 2026-03-01T09:51:00Z to 2026-03-01T09:51:02Z
    warning[DIN0582 number-outside-of-times]: \`t\` is 0 here; most rows are seconds since 1970, between 1990 and 2099 (2 rows are like this)
     --> log.csv, row 2, column t
    "
  `);
});

test("a number far outside the range of times", async () => {
  const read = await said(["1772358660", "-1e300", "1772358661", "1772358662", "1e300"]);
  expect(read).toContain("i1 i0 i2 i3 i4; epoch seconds");
  expect(read).toContain("DIN0582");
});

test("offsets in part", async () => {
  const times = ["2026-03-01 10:00:00Z", "2026-03-01 09:00:00", "2026-03-01T10:30:00+00:00", "2026-03-01"];
  expect(await said(times)).toMatchInlineSnapshot(`
    "i3 i1 i0 i2; times, 2 of them without a UTC offset, taken for UTC, 1 of them dates, each taken for its midnight in UTC, from 2026-03-01T00:00:00Z to 2026-03-01T10:30:00Z
    warning[DIN0585 utc-offsets-in-part]: \`t\` is "2026-03-01 09:00:00", without a UTC offset, so it counts as UTC; 2 rows have one, 2 have none
     --> log.csv, row 2, column t
      = help: set the zone of these clocks with \`time_zone\` in \`events\` of dinc.yaml: \`time_zone: Europe/Berlin\`
    "
  `);
  expect(await said(times, "UTC")).not.toContain("DIN0585");
});

test("hours that a clock skips or shows twice", async () => {
  const spring = ["2026-03-29 01:59:59", "2026-03-29 03:00:00", "2026-03-29 02:30:00", "2026-03-29 02:00:00"];
  expect(await said(spring, "Europe/Berlin")).toMatchInlineSnapshot(`
    "error[DIN0583 local-time-skipped]: \`t\` is "2026-03-29 02:30:00", a time that clocks in Europe/Berlin skipped (and 1 more like this)
     --> log.csv, row 3, column t
    "
  `);
  expect(await said(spring, "Europe/Berlin", new BadRowReport("skip"))).toMatchInlineSnapshot(`
    "i0 i1; times without a UTC offset, as clocks in Europe/Berlin show them, from 2026-03-29T00:59:59Z to 2026-03-29T01:00:00Z
    warning[DIN0561 rows-left-out]: 2 rows are left out (DIN0583): \`t\` is "2026-03-29 02:30:00", a time that clocks in Europe/Berlin skipped
     --> log.csv, row 3, column t
    "
  `);
  expect(await said(spring, "America/New_York")).toContain("i0 i3 i2 i1");
  const autumn = [
    "2026-10-25 03:00:00",
    "2026-10-25 02:30:00",
    "2026-10-25T00:45:00Z",
    "2026-10-25 02:15:00",
  ];
  expect(await said(autumn, "Europe/Berlin")).toMatchInlineSnapshot(`
    "i3 i1 i2 i0; times, 3 of them without a UTC offset, as clocks in Europe/Berlin show them, from 2026-10-25T00:15:00Z to 2026-10-25T02:00:00Z
    warning[DIN0584 local-time-twice]: \`t\` is "2026-10-25 02:30:00", a time that clocks in Europe/Berlin showed twice; dinc takes the earlier one (and 1 more like this)
     --> log.csv, row 2, column t
    "
  `);
  expect(await said(["2011-12-30", "2011-12-31"], "Pacific/Apia")).toContain("DIN0583");
  expect(await said(["2018-11-04", "2018-11-03"], "America/Sao_Paulo")).toContain("i1 i0; dates");
});

test("dates whose month is ambiguous", async () => {
  expect(await said(["03/04/2026", "04/04/2026"])).toMatchInlineSnapshot(`
    "error[DIN0556 not-an-order]: \`t\` is "03/04/2026", which cannot be compared with anything (and 1 more like this)
     --> log.csv, row 1, column t
      = help: write dates as 2026-03-04, the year first: otherwise it is unclear which number is the day and which the month
    "
  `);
  // DuckDB takes these for dates, the day first.
  const folder = new TestFolder();
  const path = folder.write(
    "log.jsonl",
    '{"user_id":"u","item_id":"a","t":"03-04-2026"}\n{"user_id":"u","item_id":"b","t":"04-03-2026"}\n',
  );
  const files = await DataFiles.open();
  expect(await folder.said(() => readOrder(files, path))).toContain(
    '`t` is "03-04-2026", which cannot be compared with anything',
  );
  await files.close();
});

test.each([
  ...[
    "26-03-04",
    "2026-02-30",
    "2016-12-31 23:59:60",
    "2026-03-04 25:00",
    "2026-W10-3",
    "10:11:12",
    "NaT",
    "null",
  ],
  ...[
    "infinity",
    "epoch",
    "now",
    "２０２６-０３-０４",
    "2026-03-04 10:00 PST",
    "Wed, 04 Mar 2026 10:00:00 GMT",
    " ",
  ],
  ...[
    "0000-00-00",
    "2026-03-04 10:00 PM",
    "2026-03-04T10:00+9",
    "2026-03-04 10:00 Europe/Berlin",
    "0x1g",
    "Infinity",
  ],
])("%j is no time, and no row of it is read", async (text) => {
  const quoted = `"${text}"`;
  expect(await said(["2026-03-01", quoted])).toContain("DIN0556");
  expect(await said([quoted])).toContain("DIN0556");
  expect(await said(["2026-03-02", quoted, "2026-03-01"], null, new BadRowReport("skip"))).toMatch(
    /^i2 i0; dates/,
  );
});

test("the first and last years that can be read", async () => {
  const ascending = [
    "0000-01-01",
    "0001-01-01",
    "1582-10-10",
    "1969-12-31 23:59:59.999999999",
    "1970-01-01",
    "9999-12-31",
    "10000-01-01",
  ];
  const order = "i6 i5 i4 i3 i2 i1 i0";
  expect(await said([...ascending].reverse())).toContain(order);
  expect(await said([...ascending].reverse(), "Europe/Berlin")).toContain(order);
});

test("more digits than a double holds", async () => {
  expect(await said(["1772358660.000000002", "1772358660.000000001", "1772358660.000000000"])).toContain(
    "i2 i1 i0",
  );
  expect(
    await said([
      "-1772358660.000000002",
      "-1772358660.000000003",
      "-1772358661",
      "-0.5",
      "-1048576.25",
      "-1048576",
    ]),
  ).toContain("i2 i1 i0 i4 i5 i3");
  const long = [
    "99999999999999999999999999999",
    "9999999999999999999999999999",
    "1e40",
    "-99999999999999999999999999999",
  ];
  expect(await said(long)).toContain("i3 i1 i0 i2");
});

test("a time among numbers, and a number among times", async () => {
  expect(await said(["1772358660", "2026-03-01"])).toContain(
    "cannot be compared with the numbers of the other rows",
  );
  expect(await said(["2026-03-01", "20260302"])).toContain(
    "cannot be compared with the times of the other rows",
  );
  expect(await said(["2026-03-01", ""])).toContain("DIN0545");
  expect(await said([true, false])).toContain("DIN0556");
});

test("most of the values say what a column holds, wherever the odd ones are", async () => {
  const kinds = { numbers: (t: number) => String(t), times: (t: number) => `2026-03-01 10:${10 + t}` };
  const odd = { numbers: ["2026-03-01", "soon", "n/a"], times: ["0", "20260301", "soon"] };
  const cases = fc.record({
    kind: fc.constantFrom("numbers", "times"),
    rows: fc.integer({ min: 5, max: 12 }),
    places: fc.uniqueArray(fc.nat(11), { maxLength: 2 }),
    which: fc.nat(2),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ kind, rows, places, which }) => {
      const isOdd = (t: number) => places.includes(t);
      const times = Array.from({ length: rows }, (_, t) => (isOdd(t) ? odd[kind][which]! : kinds[kind](t)));
      const bad = places.filter((place) => place < rows).sort((a, b) => a - b);
      const sound = times.flatMap((_, t) => (isOdd(t) ? [] : [`i${t}`]));
      const failed = await said(times);
      if (bad.length === 0) expect(failed).toMatch(`${sound.join(" ")}; `);
      else {
        const more = bad.length === 1 ? "" : " (and 1 more like this)";
        expect(failed).toContain(
          `error[DIN0556 not-an-order]: \`t\` is ${failed.match(/is ("?[^,]*"?), which/)![1]}, which cannot be compared with the ${kind} of the other rows${more}\n --> log.csv, row ${bad[0]! + 1}, column t\n`,
        );
      }
      const badRows = new BadRowReport("skip");
      expect(await said(times, null, badRows)).toMatch(`${sound.join(" ")}; `);
      const kept = badRows.leftOut.flatMap(({ kinds }) => kinds);
      expect(kept.map(({ code, rows, first }) => [code, rows, first])).toEqual(
        bad.length === 0 ? [] : [["DIN0556", bad.length, bad[0]! + 1]],
      );
    }),
    { numRuns: runs(10) },
  );
});
