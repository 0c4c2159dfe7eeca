// What is counted of a file, and how files are compared: by values computed by hand from the definitions of
// compiler/data/profile.ts.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { numberOfText } from "../../compiler/common/number-text.ts";
import { Random } from "../../compiler/common/random.ts";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { checksOf, checkText } from "../../compiler/data/checks.ts";
import { type ColumnProfile, psi, psiOf, shiftOf } from "../../compiler/data/profile.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { separatorsOf } from "../../compiler/frontend/config/config.ts";
import {
  type Expectations,
  nothingExpected,
  readExpectation,
  readNewest,
} from "../../compiler/frontend/config/expect.ts";
import type { Fitted } from "../../compiler/frontend/model/model.ts";
import { StoppedReading } from "../../runtime/data/tables/data-files.ts";
import { SAMPLED_ROWS } from "../../runtime/data/tables/profile-file.ts";
import { MOST_DRAWN } from "../../runtime/data/tables/row-sample.ts";
import { prepare } from "../../runtime/driver/prepare.ts";
import { Counting, profileData } from "../../runtime/driver/test-data.ts";
import { runs, seed } from "../support/how-often.ts";
import { TestFolder } from "./files.ts";

const { value: model } = check(
  sourceFile(
    "model.din",
    `model m
features user { user_id : id(min_count: 2)  embed 4 }
features item {
  item_id : id  embed 4
  price   : number(missing: 0) |> standardize
  tags    : set(id, max: 3)  embed 2
}
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net { predict click = concat(user_id, item_id, price, tags, mean(clicks)) |> dense(1) |> sigmoid }
`,
  ),
);

const fitted: Fitted = {
  vocabularies: new Map([
    ["user_id", ["u1", "u2"]],
    ["item_id", ["a", "b", "c"]],
    ["tags", ["x", "y"]],
  ]),
  transforms: new Map(),
};
const HEADER = "user_id,item_id,price,tags,clicked,click,at";
const BASE = [
  "u1,a,1,x|y,a|b,1,2026-11-01 10:00:00",
  "u1,b,2,x,,0,2026-11-02 10:00:00",
  "u2,c,,,a|d|c,0,2026-11-03 10:00:00",
  "u3,a,4,x|z,b,1,2026-11-04 10:00:00",
];
const LATER = ["u4,a,2,z,d,1,2026-11-05 10:00:00", "u1,e,,,d|d,,2026-11-06 10:00:00"];

const subject = (path: string, expected: Expectations = nothingExpected) => ({
  ...{ model: model!, fitted, path, expect: expected },
});
const reading = { separators: separatorsOf(), memory: 128e6 };
async function baselineOf(of: Parameters<typeof profileData>[0], options: typeof reading) {
  const { profile, looked } = await profileData(of, { ...options, baseline: null });
  return { baseline: profile, checks: checksOf(of.expect, profile, null, { ...looked, lacking: [] }) };
}

const columnOf = (columns: readonly ColumnProfile[], name: string, inLists = false) =>
  columns.find(({ column, inLists: of }) => column === name && of === inLists)!;

describe("PSI", () => {
  test("is that of the definition", () => {
    // Shares 80.5/101 and 20.5/101 beside 50.5/101 twice.
    const a = 80.5 / 101 - 0.5;
    expect(psi([80, 20], [50, 50])).toBeCloseTo(a * Math.log(80.5 / 50.5) - a * Math.log(20.5 / 50.5), 12);
    expect(psi([80, 20], [50, 50])).toBeCloseTo(0.4063, 4);
    expect(psi([7, 0, 3], [7, 0, 3])).toBe(0);
    expect(psi([14, 0, 6], [7, 0, 3])).toBeLessThan(0.02);
    expect(psi([0, 0], [0, 0])).toBe(0);
    expect([0.05, 0.1, 0.3].map(shiftOf)).toEqual(["little", "some", "much"]);
  });

  test("of numbers is over the baseline's deciles, and over what is missing", async () => {
    const folder = new TestFolder();
    const line = (price: string | number) => `u1,a,${price},x,a,1,2026-11-01`;
    const base = folder.csv("base.csv", HEADER, ...Array.from({ length: 10 }, (_, i) => line(i + 1)));
    const later = folder.csv("later.csv", HEADER, ...[1, 1, 1, 1, 1, "", "", "", "", ""].map(line));
    const { baseline } = await baselineOf(subject(base), reading);
    const before = columnOf(baseline.columns, "price");
    expect(before.bins).toEqual({
      by: "bounds",
      bounds: [1, 2, 3, 4, 5, 6, 7, 8, 9],
      counts: new Array(10).fill(1),
    });
    const { profile } = await profileData(subject(later), { ...reading, baseline });
    const after = columnOf(profile.columns, "price");
    expect(after.bins.counts).toEqual([5, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    // Eleven bins of (count + ½) / 15.5.
    const by = 4 * Math.log(5.5 / 1.5) + 9 * Math.log(3) + 5 * Math.log(11);
    expect(psiOf(after, before)).toBeCloseTo(by / 15.5, 12);
  });
});

test.each(["csv", "parquet"] as const)("columns of a file as %s are counted", async (format) => {
  const folder = new TestFolder();
  const csv = folder.csv("rows.csv", HEADER, ...BASE);
  const lists = ["tags", "clicked"].map((name) => `string_split(${name}, '|') AS ${name}`).join(", ");
  const path =
    format === "csv"
      ? csv
      : await folder.parquet(
          "rows.parquet",
          `SELECT * REPLACE (${lists}) FROM read_csv('${csv}', header = true)`,
        );
  const { baseline } = await baselineOf(subject(path), reading);
  const { columns } = baseline;
  expect(baseline.rows).toBe(4);
  expect(columnOf(columns, "user_id")).toMatchObject({
    ...{ present: 4, missing: 0, distinct: 3, fresh: 1 },
    bins: { by: "values", values: ["u1", "u2"], counts: [2, 1, 0] },
  });
  expect(columnOf(columns, "price")).toMatchObject({
    ...{ present: 3, missing: 1, unreadable: 0, numbers: { least: 1, largest: 4, mean: 7 / 3 } },
  });
  expect(columnOf(columns, "tags")).toMatchObject({
    present: 3,
    missing: 1,
    numbers: { least: 1, largest: 2 },
  });
  expect(columnOf(columns, "tags", true)).toMatchObject({
    ...{ present: 5, distinct: 3, fresh: 1, bins: { values: ["x", "y"], counts: [3, 1, 0] } },
  });
  expect(columnOf(columns, "clicked", true)).toMatchObject({ present: 6, distinct: 4, fresh: 1 });
  expect(columnOf(columns, "click")).toMatchObject({ counted: "label", present: 4, numbers: { mean: 0.5 } });
});

test("rows of several files are counted as those of one", async () => {
  const folder = new TestFolder();
  const one = folder.csv("one.csv", HEADER, ...BASE, ...LATER);
  folder.csv("parts/a.csv", HEADER, ...BASE.slice(0, 3));
  folder.csv("parts/b.csv", HEADER, ...BASE.slice(3), ...LATER);
  const wanted = { ...nothingExpected, unique: ["user_id", "at"], newest: readNewest("at within 1 d") };
  const counted = async (path: string) => {
    const { profile, looked } = await profileData(subject(path, wanted), {
      ...reading,
      baseline: null,
      now: 2e9,
    });
    return { ...profile, path: "", looked };
  };
  expect(await counted(join(folder.path, "parts/*.csv"))).toEqual(await counted(one));
});

describe("the baseline of a training", () => {
  const SPEC = `model m
features user { user_id : id(min_count: 2)  embed 4 }
features item {
  item_id : id  embed 4
  price   : number(missing: 0) |> standardize
  tags    : set(id, max: 3)  embed 2
  shop    : id(size: 7)  embed 2
}
history clicks(max: 2) { item_id <-> clicked }
label click : binary
net { predict click = concat(user_id, item_id, price, tags, shop, mean(clicks)) |> dense(1) |> sigmoid }
`;
  const spec = sourceFile("model.din", SPEC);
  /** What a training keeps, and what counting the whole file gives. */
  async function both(path: string, rows: string, set: readonly string[] = [], of = spec) {
    const prepared = await prepare(of, { set: [`data.train=${path}`, ...set] });
    const { value: read } = check(of);
    const whole = await profileData(
      { model: read!, fitted: prepared.fitted, path: rows, expect: nothingExpected },
      { ...reading, baseline: null },
    );
    const { expect: _, ...baseline } = (await prepared.baseline())!;
    prepared.close();
    return { baseline, whole: whole.profile };
  }
  const HEAD = "user_id,item_id,price,tags,clicked,click,at,shop";
  const lines = (count: number) =>
    Array.from({ length: count }, (_, i) => {
      const steps = Array.from({ length: i % 5 }, (__, step) => `i${(i * step) % 7}`).join("|");
      const price = i % 6 === 0 ? "" : (i * 37) % 101;
      return `u${(i * i) % 23},i${i % 11},${price},${i % 4 === 0 ? "" : `t${i % 3}|t${i % 5}`},${steps},${i % 2},${i},${i % 7}`;
    });

  test.each(["csv", "parquet"] as const)("of a %s is what the file holds", async (format) => {
    const folder = new TestFolder();
    const csv = folder.csv("rows.csv", HEAD, ...lines(500));
    const lists = ["tags", "clicked"].map((name) => `string_split(${name}, '|') AS ${name}`).join(", ");
    const query = `SELECT * REPLACE (${lists}, CAST(shop AS DOUBLE) AS shop) FROM read_csv('${csv}', header = true)`;
    const path = format === "csv" ? csv : await folder.parquet("rows.parquet", query);
    const { baseline, whole } = await both(path, path);
    expect(baseline).toEqual(whole);
    expect(columnOf(baseline.columns, "shop").bins).toMatchObject({ values: expect.arrayContaining(["0"]) });
    // Lists are as long as in the file, not as the history keeps.
    expect(columnOf(baseline.columns, "clicked").numbers!.largest).toBe(4);
  });

  test.each([
    ["texts in a CSV", "'x:0.5|http://z:2'", "'x:1'"],
    ["lists of texts", "['x:0.5', 'http://z:2']", "['x:1']"],
    ["maps", "MAP {'x': 0.5, 'http://z': 2.0}", "MAP {'x': 1.0}"],
    ["structs", "[{'k': 'x', 'v': 0.5}, {'k': 'http://z', 'v': 2.0}]", "[{'k': 'x', 'v': 1.0}]"],
    ["pairs in JSON Lines", "", ""],
  ])("counts values without the weights beside them: %s", async (form, first, second) => {
    const folder = new TestFolder();
    const weighted = sourceFile("model.din", SPEC.replace("max: 3)", "max: 3, weighted)"));
    const rest = { user_id: "u1", item_id: "a", price: 1, clicked: ["a"], click: 1, shop: 2 };
    const lines = [
      [
        ["x", 0.5],
        ["http://z", 2],
      ],
      [["x", 1]],
    ].map((tags) => JSON.stringify({ tags, ...rest }));
    const others = "'u1' AS user_id, 'a' AS item_id, 1 AS price, 'a' AS clicked, 1 AS click, 2 AS shop";
    const query = [first, second].map((tags) => `SELECT ${tags} AS tags, ${others}`).join(" UNION ALL ");
    const path = form.endsWith("CSV")
      ? folder.csv("rows.csv", HEAD, "u1,a,1,x:0.5|http://z:2,a,1,1,2", "u1,a,1,x:1,a,1,2,2")
      : form.endsWith("Lines")
        ? folder.write("rows.jsonl", lines.join("\n"))
        : await folder.parquet("rows.parquet", query);
    const { baseline, whole } = await both(path, path, [], weighted);
    expect(baseline).toEqual(whole);
    const ids = { present: 3, distinct: 2, fresh: 0 };
    expect(columnOf(whole.columns, "tags", true)).toMatchObject({
      ...ids,
      bins: { values: ["x", "http://z"], counts: [2, 1, 0] },
    });
    expect(columnOf(whole.columns, "tags").numbers).toMatchObject({ least: 1, largest: 2 });
  });

  test("of a window is what the rows in it are", async () => {
    const folder = new TestFolder();
    const all = folder.csv("all.csv", HEAD, ...lines(300));
    const inside = folder.csv("inside.csv", HEAD, ...lines(300).slice(100, 220));
    const window = ["data.time=at", "data.since=100", "data.until=220"];
    const { baseline, whole } = await both(all, inside, window);
    expect(baseline).toEqual({ ...whole, path: baseline.path });
    expect(baseline.rows).toBe(120);
  });

  test("of many rows is of some that a hash draws, and says how many", async () => {
    const folder = new TestFolder();
    const rows = 3 * MOST_DRAWN;
    const path = await folder.parquet(
      "rows.parquet",
      `SELECT 'u' || i % 3 AS user_id, 'a' AS item_id, i AS price, ['x'] AS tags, ['a'] AS clicked, i % 4 = 0 AS click, 1 AS shop
       FROM range(${rows}) AS _(i)`,
    );
    const prepared = await prepare(spec, { set: [`data.train=${path}`] });
    prepared.close();
    const { drawn, ...baseline } = (await prepared.baseline())!;
    expect(baseline.rows).toBe(rows);
    // Each row with a chance of 0.75⁴.
    const chance = 0.75 ** 4;
    expect(Math.abs(drawn! - rows * chance)).toBeLessThan(5 * Math.sqrt(rows * chance * (1 - chance)));
    expect(drawn).toBeLessThanOrEqual(MOST_DRAWN);
    const { bins } = columnOf(baseline.columns, "price");
    if (bins.by !== "bounds") throw new Error("numbers have bounds");
    for (const [i, bound] of bins.bounds.entries())
      expect(Math.abs(bound / rows - (i + 1) / 10)).toBeLessThan(0.015);
    expect(Math.abs(columnOf(baseline.columns, "click").numbers!.mean - 0.25)).toBeLessThan(0.012);
  });
});

test("deciles are of a sample where there are many rows, all else is of all rows", async () => {
  const folder = new TestFolder();
  // Every other row has 0: a sample of each second or fourth row would not tell.
  const rows = 4 * SAMPLED_ROWS;
  const price = `CASE WHEN i % 2 = 0 THEN 0 WHEN i = 77777 THEN 1e6 ELSE i END`;
  const path = await folder.parquet(
    "rows.parquet",
    `SELECT 'u' || i % 3 AS user_id, 'a' AS item_id, ${price} AS price, ['x'] AS tags, ['a'] AS clicked, i % 4 = 0 AS click
     FROM range(${rows}) AS _(i)`,
  );
  const { baseline } = await baselineOf(subject(path), reading);
  expect(baseline.rows).toBe(rows);
  const { bins, ...counts } = columnOf(baseline.columns, "price");
  expect(counts).toMatchObject({ present: rows, missing: 0, numbers: { least: 0, largest: 1e6 } });
  if (bins.by !== "bounds") throw new Error("numbers have bounds");
  const total = bins.counts.reduce((sum, count) => sum + count, 0);
  expect(total).toBe(rows);
  expect(bins.bounds[0]).toBe(0);
  expect(bins.counts[0]).toBe(rows / 2);
  // Of all rows the sixth decile is 80,000, and so on: the sample is within 0.2 % of the rows.
  const above = bins.bounds.filter((bound) => bound > 0).slice(-4);
  for (const [i, bound] of above.entries()) {
    const exact = (rows / 5) * (i + 1);
    expect(Math.abs(bound - exact)).toBeLessThan(0.004 * rows);
    const under = bins.counts.slice(0, bins.bounds.indexOf(bound) + 1).reduce((sum, n) => sum + n, 0);
    // The bins count each row up to the bound: the zeros, and the odd numbers but the one that is 1e6.
    expect(under).toBe(rows / 2 + Math.ceil(bound / 2) - (bound > 77_777 ? 1 : 0));
  }
  const { numbers } = columnOf(baseline.columns, "click");
  expect(numbers).toEqual({ least: 0, largest: 1, mean: 0.25 });
  expect(columnOf(baseline.columns, "user_id")).toMatchObject({ present: rows, distinct: 3 });
});

test("counting that nobody waits for any more stops", async () => {
  const folder = new TestFolder();
  const path = folder.csv("rows.csv", HEADER, ...BASE);
  const counting = new Counting(subject(path), { ...reading, baseline: null });
  await counting.close();
  await expect(counting.profile(fitted)).rejects.toThrow(StoppedReading);
});

test("expectations hold or not, and say what was found", async () => {
  const folder = new TestFolder();
  const base = folder.csv("base.csv", HEADER, ...BASE);
  const later = folder.csv("later.csv", HEADER, ...LATER, LATER[0]!);
  const { baseline } = await baselineOf(subject(base), reading);
  const wanted: Expectations = {
    ...{ rows: 4, missing: 0.5, new: 0.5, psi: 5 },
    ...{ unique: ["user_id", "at"], newest: readNewest("at within 2 d") },
    columns: {
      price: readExpectation("missing <= 10 %, range 0 .. 1.5")!,
      item_id: readExpectation("new <= 0.5")!,
      click: readExpectation("mean .. 90 %")!,
      at: readExpectation("missing <= 0")!,
    },
  };
  const now = Date.UTC(2026, 10, 9, 10) / 1000;
  const { profile, looked } = await profileData(subject(later, wanted), { ...reading, baseline, now });
  const checks = checksOf(wanted, profile, baseline, looked);
  expect(checks.filter(({ holds }) => !holds).map(checkText)).toEqual([
    "at least 4 rows, not 3",
    "user_id, at: no row twice, not 1 again",
    "at: the latest within 2 d, not 3 days ago",
    "user_id: new ids at most 50 %, not 66.67 %",
    "price: missing at most 10 %, not 33.33 %",
    "price: numbers from 0 to 1.5, not 2 to 2",
    "tags: new ids at most 50 %, not 100 %",
    "clicked: new ids at most 50 %, not 100 %",
    "click: mean up to 0.9, not 1",
  ]);
  expect(checks.filter(({ holds }) => holds).map(checkText)).toContain(
    "item_id: new ids at most 50 %: 33.33 %",
  );
  // Of training rows themselves nothing is new.
  const own = await baselineOf(subject(base, { ...wanted, newest: null }), reading);
  expect(own.checks.filter(({ holds }) => !holds).map(checkText)).toEqual([
    "price: missing at most 10 %, not 25 %",
    "price: numbers from 0 to 1.5, not 1 to 4",
  ]);
});

test("the latest time may count seconds or milliseconds", async () => {
  const folder = new TestFolder();
  const now = Date.UTC(2026, 10, 27) / 1000;
  for (const unit of [1, 1000]) {
    const rows = [3, 1, 2].map((days) => `u1,a,1,x,a,1,${(now - 86_400 * days) * unit}`);
    const path = folder.csv(`times-${unit}.csv`, HEADER, ...rows);
    const wanted = { ...nothingExpected, newest: readNewest("at within 36 h") };
    const { looked } = await profileData(subject(path, wanted), { ...reading, baseline: null, now });
    expect(looked.age).toBe(86_400);
  }
});

test.each([
  ["missing <= 1 %", { missing: 0.01 }],
  ["range 0 .. 500, mean 1 % .. 5%", { range: { low: 0, high: 500 }, mean: { low: 0.01, high: 0.05 } }],
  ["range -1.5..", { range: { low: -1.5, high: Number.POSITIVE_INFINITY } }],
  ["range .. 5", { range: { low: Number.NEGATIVE_INFINITY, high: 5 } }],
  ["psi <= 0.25, new <= 20 %", { psi: 0.25, new: 0.2 }],
  ["missing < 1 %", null],
  ["range 5", null],
  ["missing <= 1 %,", null],
  ["often", null],
] as const)("the expectation `%s`", (text, read) => {
  expect(readExpectation(text)).toEqual(
    read === null ? null : { missing: null, new: null, psi: null, range: null, mean: null, ...read },
  );
});

test("a text is a number in what is counted where it is one for a training", async () => {
  const folder = new TestFolder();
  const random = Random.of(seed, "counted numbers");
  const pieces = ["1", "0", "_", ".", "e", "E", "-", "+", " ", "x", "0x", "0b", "inf", "nan", "Infinity"];
  const texts = ["1_000", "nan", "NaN", "inf", "0x1F", "+5", ".5", "5.", " 7 ", "5e-1_0", "1e5"];
  for (let i = runs(300); i > 0; i--)
    texts.push(
      Array.from({ length: 1 + random.integer(4) }, () => pieces[random.integer(pieces.length)]).join(""),
    );
  const own = texts.filter((text) => text.trim() !== "" && !/Infinity/.test(text));
  const rows = own.map((text) => `u1,a,${text},,,1,2026-11-01`);
  const { baseline } = await baselineOf(subject(folder.csv("rows.csv", HEADER, ...rows)), reading);
  const numbers = own.map(numberOfText).filter(Number.isFinite);
  const price = columnOf(baseline.columns, "price");
  expect(price.unreadable).toBe(own.length - numbers.length);
  expect(price.numbers).toMatchObject({ least: Math.min(...numbers), largest: Math.max(...numbers) });
});
