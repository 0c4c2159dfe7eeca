// Drafts a folder whose files are called train, valid and test as one data set, so that nothing is learned from the rows that
// measure.

import { basename, join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { init } from "../../runtime/driver/init.ts";
import { splitFilesIn } from "../../runtime/driver/split-files.ts";
import { TestFolder } from "../data/files.ts";
import { runs } from "../support/how-often.ts";

const HEADER = "user_id,item_id,price,clicked";
const lines = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const row = first + i;
    return `u${row % 13},i${(row * 7) % 19},${(row % 5) + 0.5},${Number(row % 3 === 0)}`;
  });

async function configOf(folder: TestFolder, name: string): Promise<string> {
  const { config } = await init({ data: join(folder.path, name) });
  return config
    .split("\n")
    .filter((line) => /^ {2}(?:train|valid|test|validate|events):/.test(line))
    .map((line) =>
      line
        .trim()
        .replace(/ #.*/, "")
        .replaceAll(/\S+\/(?=[\w.]+$)/g, ""),
    )
    .join("\n");
}

test("files are parts by their names", async () => {
  const folder = new TestFolder();
  for (const [i, name] of ["train_sample", "valid_sample", "test_sample"].entries())
    folder.csv(`tiny/${name}.csv`, HEADER, ...lines(100 * i, 60));
  expect(await configOf(folder, "tiny")).toBe(
    ["train: train_sample.csv", "test: test_sample.csv", "valid: valid_sample.csv"].join("\n"),
  );
  const { plan, rows } = await init({ data: join(folder.path, "tiny") });
  expect(rows.total).toBe(60);
  expect(plan.guesses[0]).toMatchObject({
    is: "train: train_sample.csv, valid: valid_sample.csv, test: test_sample.csv",
  });
});

test("files with other names are rows of one kind", async () => {
  const folder = new TestFolder();
  for (const [i, name] of ["2026-11-01", "2026-11-02", "train"].entries())
    folder.csv(`days/${name}.csv`, HEADER, ...lines(100 * i, 60));
  expect(await configOf(folder, "days")).toBe("train: days");
});

test("a log of events is one, whatever its files are called", async () => {
  const folder = new TestFolder();
  const events = (first: number) =>
    Array.from(
      { length: 120 },
      (_, i) => `u${i % 9},i${(i * 5) % 17},2026-11-0${1 + first}T00:00:${10 + (i % 50)}Z`,
    );
  for (const [i, name] of ["train", "test"].entries())
    folder.csv(`log/${name}.csv`, "user_id,item_id,time", ...events(i));
  const { plan, rows } = await init({ data: join(folder.path, "log") });
  expect(plan.rows.kind).toBe("events");
  expect(rows.total).toBe(240);
});

/** Words of names, by their part. */
const word = fc.constantFrom(
  "train",
  "training",
  "valid",
  "validation",
  "val",
  "dev",
  "test",
  "x1",
  "clicks",
);
const part = (name: string) =>
  /train/.test(name) ? "train" : /val|dev/.test(name) ? "valid" : /test/.test(name) ? "test" : null;

test("parts are found only if each file of the format is another part", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(word, { minLength: 1, maxLength: 4 }), async (words) => {
      const folder = new TestFolder();
      folder.write("parts/feature_map.json", "{}");
      for (const name of words) folder.csv(`parts/criteo_${name}.csv`, HEADER, ...lines(0, 2));
      const parts = words.map(part);
      const isSplit =
        parts.includes("train") &&
        words.length > 1 &&
        new Set(parts).size === words.length &&
        !parts.includes(null);
      const found = await splitFilesIn(join(folder.path, "parts"));
      expect(
        found === null
          ? null
          : Object.values(found)
              .flatMap((path) => (path === null ? [] : [basename(path)]))
              .toSorted(),
      ).toEqual(isSplit ? words.map((name) => `criteo_${name}.csv`).toSorted() : null);
    }),
    { numRuns: runs(30) },
  );
});
