// Rows that are kept aside, whatever for: where each row goes, what stays when rows are added, and what a person is told.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { noLocation } from "../../compiler/diagnostics/diagnostic.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import type { ExamplePart, RowsConfig } from "../../compiler/frontend/config/config.ts";
import { trainingProblems } from "../../compiler/frontend/config/training-problems.ts";
import { BadRowReport } from "../../runtime/data/tables/bad-rows.ts";
import { readConfig } from "../../runtime/driver/read-config.ts";
import { runs } from "../support/how-often.ts";
import { rowsOf, TestFolder } from "./files.ts";
import { readSplit, readTraining } from "./in-memory.ts";

const { value: model } = check(
  sourceFile(
    "rows.din",
    `model rows
features item { row : number  item_id : id  embed 2 }
features user { user_id : id }
history clicks(max: 9) { item_id <-> hist_item_id }
label click : binary
net { predict click = concat(row, item_id, mean(clicks)) |> dense(1) |> sigmoid }
train { metrics auc, gauc(by: user_id) }
`,
  ),
);

type Way = { readonly by: string } | { readonly rows: "random" | "last" } | { readonly latestBy: string };
const part = (way: Way, share: number, more: Partial<ExamplePart> = {}): ExamplePart =>
  ({ share, seed: 7, location: noLocation, ...more, ...way }) as ExamplePart;
const fold = (way: Way, number: number, of: number) => part(way, 1 / of, { fold: { number, of } });

interface Row {
  readonly user: number;
  readonly time: number;
}

const lineOf = ({ user, time }: Row, row: number) =>
  `${row},i${row % 7},u${user},,${time},${row % 2},s${user % 5}`;
const HEADER = "row,item_id,user_id,hist_item_id,time,click,session";

function written(rows: readonly Row[], config: Partial<RowsConfig>) {
  const folder = new TestFolder();
  const path = folder.csv("rows.csv", HEADER, ...rows.map(lineOf));
  return { folder, config: rowsOf(path, config) };
}

/** The numbers of the rows of each part, in the order of the file. */
async function partsOf(rows: readonly Row[], config: Partial<RowsConfig>) {
  const read = await readTraining(model!, written(rows, config).config);
  const numbers = (split: MemoryRows | null) => [...(split?.numbers.get("row") ?? [])];
  const { train, valid, test, fingerprint } = read;
  return { train: numbers(train), valid: numbers(valid), test: numbers(test), facts: fingerprint.parts! };
}

const manyRows = (count: number): Row[] =>
  Array.from({ length: count }, (_, i) => ({ user: (i * 13) % 60, time: (i * 7) % 101 }));
const userOf = (rows: readonly Row[]) => (row: number) => rows[row]!.user;

/** Of a test and of validation rows: each way beside each other kind of way. */
const pairs: readonly (readonly [Way, Way])[] = [
  [{ by: "user_id" }, { by: "user_id" }],
  [{ by: "user_id" }, { latestBy: "time" }],
  [{ by: "session" }, { rows: "random" }],
  [{ rows: "random" }, { by: "user_id" }],
  [{ rows: "random" }, { rows: "last" }],
  [{ rows: "last" }, { latestBy: "time" }],
  [{ latestBy: "time" }, { by: "session" }],
  [{ latestBy: "time" }, { latestBy: "time" }],
];

describe("every row is in one part", () => {
  it.each(pairs)("a test by %j, validation by %j", async (test, valid) => {
    const rows = manyRows(900);
    const parts = await partsOf(rows, { holdOut: part(test, 0.2), validate: part(valid, 0.2) });
    expect([...parts.train, ...parts.valid, ...parts.test].sort((a, b) => a - b)).toEqual(
      rows.map((_, i) => i),
    );
    // The share is that of all rows, whatever the test has taken; five sessions have no fifth for each part.
    const isCoarse = [test, valid].some((way) => "by" in way && way.by === "session");
    if (!isCoarse)
      for (const some of [parts.valid, parts.test])
        expect(Math.abs(some.length / 900 - 0.2)).toBeLessThan(0.08);
    if ("by" in test) {
      const tested = new Set(parts.test.map(userOf(rows)));
      expect(parts.train.filter((row) => tested.has(userOf(rows)(row)))).toEqual([]);
    }
    if ("latestBy" in test) {
      const first = Math.min(...parts.test.map((row) => rows[row]!.time));
      expect(Math.max(...[...parts.train, ...parts.valid].map((row) => rows[row]!.time))).toBeLessThan(first);
    }
    // What is tested does not depend on what is validated by.
    expect((await partsOf(rows, { holdOut: part(test, 0.2) })).test).toEqual(parts.test);
  });
});

it("a user stays in the same part, whatever rows come later, in whatever order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(80), { minLength: 40, maxLength: 90 }),
      fc.array(fc.nat(80), { maxLength: 60 }),
      fc.integer({ min: 1, max: 50 }),
      async (before, later, seed) => {
        const config = (): Partial<RowsConfig> => ({
          holdOut: part({ by: "user_id" }, 0.3, { seed }),
          validate: part({ by: "user_id" }, 0.3, { seed: seed + 1 }),
        });
        const users = async (all: readonly number[]) => {
          const rows = all.map((user, time) => ({ user, time }));
          const { train, valid, test } = await partsOf(rows, config());
          const named = { train, valid, test };
          return new Map(
            Object.entries(named).flatMap(([name, some]) => some.map((row) => [rows[row]!.user, name])),
          );
        };
        // Of few users none may be drawn.
        const first = await users(before).catch(() => null);
        const then = await users([...later, ...[...before].reverse()]).catch(() => null);
        fc.pre(first !== null && then !== null);
        for (const [user, name] of first!) expect(then!.get(user)).toBe(name);
      },
    ),
    { numRuns: runs(3) },
  );
});

it("rows that are drawn one by one stay where they are when rows are appended", async () => {
  const config = { holdOut: part({ rows: "random" }, 0.2) };
  const [some, more] = [await partsOf(manyRows(300), config), await partsOf(manyRows(500), config)];
  expect(more.test.filter((row) => row < 300)).toEqual(some.test);
  expect(some.test.length).toBeGreaterThan(30);
});

describe("folds", () => {
  it.each([{ by: "user_id" }, { rows: "random" }] as const)(
    "by %j: each row is in one of them",
    async (way) => {
      const rows = manyRows(400);
      const all: number[] = [];
      for (const number of [1, 2, 3, 4]) {
        const { train, valid } = await partsOf(rows, { validate: fold(way, number, 4) });
        expect(train.length + valid.length).toBe(400);
        all.push(...valid);
      }
      expect(all.sort((a, b) => a - b)).toEqual(rows.map((_, i) => i));
    },
  );

  it.each([{ latestBy: "time" }, { rows: "last" }] as const)(
    "by %j: each is later than what is trained on",
    async (way) => {
      const rows = manyRows(400);
      const at = (row: number) => ("rows" in way ? row : rows[row]!.time);
      let trained = 0;
      for (const number of [1, 2, 3]) {
        const { train, valid, test, facts } = await partsOf(rows, { validate: fold(way, number, 3) });
        expect(Math.max(...train.map(at))).toBeLessThan(Math.min(...valid.map(at)));
        expect(train.length).toBeGreaterThan(trained);
        expect(facts.leftOut).toBe(400 - train.length - valid.length);
        expect(facts.leftOut === 0).toBe(number === 3);
        expect(test).toEqual([]);
        trained = train.length;
      }
    },
  );

  it("leave the test as it is", async () => {
    const rows = manyRows(400);
    const holdOut = part({ latestBy: "time" }, 0.1);
    const { test } = await partsOf(rows, { holdOut });
    for (const number of [1, 2]) {
      const parts = await partsOf(rows, { holdOut, validate: fold({ by: "user_id" }, number, 2) });
      expect(parts.test).toEqual(test);
    }
  });
});

it("rows without a value of the column are drawn one by one", async () => {
  const folder = new TestFolder();
  const lines = Array.from({ length: 400 }, (_, i) =>
    lineOf({ user: i % 40, time: i }, i).replace(/s\d$/, ""),
  );
  const config = rowsOf(folder.csv("rows.csv", HEADER, ...lines), {
    validate: part({ by: "session" }, 0.25),
  });
  const { valid, fingerprint } = await readTraining(model!, config);
  expect(Math.abs(valid!.rows - 100)).toBeLessThan(30);
  expect(fingerprint.parts!.train.users).toBe(0);
});

it("a person is told rows, users and times of each part", async () => {
  const day = 1_700_006_400;
  const rows = Array.from({ length: 200 }, (_, i) => ({ user: i % 20, time: day + i * 3600 }));
  const { facts, train, valid } = await partsOf(rows, {
    holdOut: part({ latestBy: "time" }, 0.1),
    validate: part({ by: "user_id" }, 0.3),
  });
  const distinct = (some: readonly number[]) => new Set(some.map(userOf(rows))).size;
  const at = (row: number) => new Date(rows[row]!.time * 1000).toISOString().replace(".000", "");
  const said = (some: readonly number[]) => ({
    ...{ rows: some.length, users: distinct(some), from: at(some[0]!), to: at(some.at(-1)!) },
  });
  expect(facts).toMatchObject({ by: "user_id", time: "time", leftOut: 0 });
  expect([facts.train, facts.valid]).toEqual([said(train), said(valid)]);
  expect(facts.test).toEqual({ rows: 20, users: 20, from: at(180), to: at(199) });
});

it("a split is the same when it is read again", async () => {
  const { config } = written(manyRows(300), {
    holdOut: part({ by: "session" }, 0.3),
    validate: part({ latestBy: "time" }, 0.1),
  });
  const first = await readTraining(model!, config);
  for (const split of ["train", "valid", "test"] as const)
    expect(await readSplit(model!, first.fitted, config, split)).toEqual(first[split]);
});

describe("warnings", () => {
  const warned = async (validate: ExamplePart, historyOf: (row: number) => string) => {
    const folder = new TestFolder();
    const lines = Array.from({ length: 300 }, (_, i) =>
      [i, `i${i}`, `u${i % 10}`, historyOf(i), i, i % 7 === 0 ? 0 : 1, "s"].join(","),
    );
    const badRows = new BadRowReport();
    const config = rowsOf(folder.csv("rows.csv", HEADER, ...lines), { validate });
    await readTraining(model!, config, { badRows });
    return badRows.remarks.map(({ message }) => message);
  };
  /** The items of the user's three rows before. */
  const before = (row: number) =>
    row < 10 ? "none" : [30, 20, 10].flatMap((back) => (row < back ? [] : [`i${row - back}`])).join("|");

  it("clicks of rows that are drawn stand in later histories", async () => {
    const [said] = await warned(part({ rows: "random" }, 0.3), before);
    expect(said).toMatch(
      /`data\.validate` draws rows at random: \d+ of \d+ kept clicks also occur in `clicks` of a training row of the same `user_id`/,
    );
    const [told, of] = /(\d+) of (\d+)/.exec(said!)!.slice(1).map(Number);
    expect(told! / of!).toBeGreaterThan(0.8);
  });

  it("none where rows are the latest, or where histories are others'", async () => {
    expect(await warned(part({ latestBy: "time" }, 0.3), before)).toEqual([]);
    expect(await warned(part({ rows: "random" }, 0.3), () => "i7|i8")).toEqual([]);
    // An item that was there before says nothing about when it was clicked.
    expect(await warned(part({ rows: "random" }, 0.3), (row) => `${before(row)}|i${row}`)).toEqual([]);
  });

  it("a table that knows no user who is kept", () => {
    const spec = (user: string) =>
      check(
        sourceFile(
          "users.din",
          `model users\nfeatures user { user_id : ${user} }\nlabel click : binary\nnet { predict click = user_id |> dense(1) |> sigmoid }\n`,
        ),
      ).value!;
    const said = (user: string, validate: ExamplePart) =>
      trainingProblems(spec(user), {
        data: rowsOf("rows.csv", { validate, holdOut: validate }),
        locations: {
          spec: noLocation,
          data: noLocation,
          padding: noLocation,
          expect: noLocation,
          epochs: noLocation,
        },
      }).map(({ code }) => code);
    const byUser = part({ by: "user_id" }, 0.1);
    expect(said("id  embed 4", byUser)).toEqual(["DIN0442", "DIN0442"]);
    expect(said("id(hash: 100)  embed 4", byUser)).toEqual([]);
    expect(said("id  embed 4", part({ by: "session" }, 0.1))).toEqual([]);
    expect(said("id  embed 4", part({ latestBy: "time" }, 0.1))).toEqual([]);
  });
});

describe("in dinc.yaml", () => {
  const read = async (yaml: string) => {
    const folder = new TestFolder();
    folder.csv("rows.csv", HEADER);
    return {
      folder,
      config: () => readConfig(folder.write("dinc.yaml", `data:\n  train: rows.csv\n${yaml}`)),
    };
  };

  it("both parts have one grammar, and a fold stands for a share", async () => {
    const { config } = await read(
      "  validate: { fold: 2 of 5, by: session, share: 0.1 }\n  hold_out: { share: 0.1, latest_by: time, seed: 3 }\n",
    );
    expect((await config()).data).toMatchObject({
      validate: { share: 0.2, fold: { number: 2, of: 5 }, by: "session", seed: 2026 },
      holdOut: { share: 0.1, latestBy: "time", seed: 3 },
    });
  });

  it.each([
    ["  hold_out: { share: 0.1, rows: last }\n  test: rows.csv\n", "DIN0438"],
    ["  hold_out: { share: 0.1, rows: last, by: session }\n", "DIN0593"],
    ["  hold_out: { share: 0.1, fold: 1 of 2, rows: last }\n", "`data.hold_out.fold` is not a setting here"],
    ["  validate: { fold: 6 of 5, rows: last }\n", "must be a fold like `2 of 5`"],
    ["  validate: { rows: last }\n", "`data.validate.share` is missing"],
    ["  hold_out: { share: 0.1 }\n", "`data.hold_out.by` is missing"],
  ])("%s", async (yaml, said) => {
    const { folder, config } = await read(yaml);
    expect(await folder.said(config)).toContain(said);
  });
});
