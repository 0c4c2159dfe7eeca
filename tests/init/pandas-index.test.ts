// The index of a pandas table is no feature: where it has no name, and where a Parquet file's metadata lists it.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { guess } from "../../compiler/tools/init/guess.ts";
import { sampleTable } from "../../runtime/driver/sample-table.ts";

const ROWS = 400;
const folder = mkdtempSync(join(tmpdir(), "dinc-index-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const metadata = JSON.stringify({
  index_columns: ["row_label", "__index_level_1__", { kind: "range", name: null }],
});

beforeAll(async () => {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const columns = "i % 60 AS item_id, i % 9 AS row_label, i % 7 AS __index_level_1__, hash(i) % 2 AS click";
  const table = `FROM (SELECT ${columns} FROM range(${ROWS}) AS rows(i))`;
  const write = (name: string, options: string) =>
    connection.run(`COPY (${table}) TO '${folder}/${name}' (FORMAT parquet${options})`);
  await write("plain.parquet", "");
  await write("pandas.parquet", `, KV_METADATA {pandas: '${metadata}'}`);
  await write("other.parquet", ", KV_METADATA {pandas: 'no JSON'}");
  connection.closeSync();
  instance.closeSync();
});

async function partsOf(path: string): Promise<{ readonly features: string[]; readonly index: string[] }> {
  const guessed = guess(await sampleTable(path), "click");
  if (guessed.kind !== "plan") throw new Error(guessed.kind);
  const { features, leftOut } = guessed.plan;
  return {
    features: features.map(({ name }) => name),
    index: leftOut.filter(({ reason }) => /index of a pandas/.test(reason)).map(({ column }) => column),
  };
}

test.each([
  ["plain.parquet", ["item_id", "row_label"], ["__index_level_1__"]],
  ["pandas.parquet", ["item_id"], ["__index_level_1__", "row_label"]],
  ["other.parquet", ["item_id", "row_label"], ["__index_level_1__"]],
])("%s", async (name, features, index) => {
  const found = await partsOf(`${folder}/${name}`);
  expect(found.features.sort()).toEqual(features);
  expect(found.index.sort()).toEqual(index);
});

test("the first column of a CSV that pandas wrote with its index", async () => {
  const rows = Array.from({ length: ROWS }, (_, i) => `${i % 7},${i % 60},${(i * i) % 11 < 5 ? 1 : 0}`);
  const path = join(folder, "rows.csv");
  writeFileSync(path, `${["Unnamed: 0,item_id,click", ...rows].join("\n")}\n`);
  expect(await partsOf(path)).toEqual({ features: ["item_id"], index: ["Unnamed: 0"] });
  writeFileSync(path, `${[",item_id,click", ...rows].join("\n")}\n`);
  expect(await partsOf(path)).toEqual({ features: ["item_id"], index: ["(no name)"] });
});
