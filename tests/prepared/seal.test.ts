// `dinc prepare --seal` without Spark: what Spark would have written is made of a folder that dinc wrote, and
// sealed to the same rows; each thing that is not as a training needs it is said.

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runHere } from "../cli/run-here.ts";

const SPEC = `model sealed
features item { item_id : id  embed 4  price : number |> standardize }
history clicks(max: 3) { item_id <-> hist_item_id  dwell : number }
label click : binary
net { predict click = concat(item_id, price, mean(clicks)) |> dense(4, relu) |> dense(1) |> sigmoid }
train { batch 8  epochs 1  metrics auc }
`;

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
const dinc = (...args: string[]) => runHere(args, { cwd: folder });
async function done(...args: string[]): Promise<void> {
  const { code, err } = await dinc(...args);
  expect(code, err).toBe(0);
}
const seal = (out: string) => ["prepare", "--out", out, "--seal"];

async function ask(query: string): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(query);
  connection.closeSync();
  instance.closeSync();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-seal-"));
  writeFileSync(at("model.din"), SPEC);
  const lines = Array.from({ length: 60 }, (_, i) => {
    const steps = Array.from({ length: i % 5 }, (_, j) => (i + j) % 7);
    const dwell = steps.map((step) => step / 2);
    return `i${(i * i) % 11},${i % 13},${steps.map((step) => `i${step}`).join("|")},${dwell.join("|")},${i % 2}`;
  });
  writeFileSync(at("rows.csv"), `item_id,price,hist_item_id,dwell,click\n${lines.join("\n")}\n`);
  writeFileSync(at("dinc.yaml"), "spec: model.din\ndata: { train: rows.csv }\n");
  await done("prepare", "--out", "rows", "--shards", "2");

  cpSync(at("rows"), at("spark-like"), { recursive: true });
  for (const [i, name] of readdirSync(at("spark-like/train")).sort().entries())
    renameSync(at("spark-like/train", name), at(`spark-like/train/part-0000${i}-6f1c.c000.zstd.parquet`));
  writeFileSync(at("spark-like/train/_SUCCESS"), "");
  for (const name of ["prepared.json", "fitted.json", "vocab", "baseline.json", "met"])
    rmSync(at("spark-like", name), { recursive: true });
  const write = async (path: string, query: string) => {
    mkdirSync(at("spark-like/spark", path), { recursive: true });
    await ask(`COPY (${query}) TO '${at("spark-like/spark", path, "part-0.parquet")}' (FORMAT parquet)`);
  };
  const values = readFileSync(at("rows/vocab/item_id.jsonl"), "utf8").trimEnd().split("\n");
  const numbered = values.map((value, i) => `(${i + 2}, '${JSON.parse(value)}')`);
  await write("vocab/item_id", `SELECT * FROM (VALUES ${numbered.join(", ")}) AS v(id, value)`);
  const { transforms } = JSON.parse(readFileSync(at("rows/fitted.json"), "utf8"));
  await write(
    "fitted/price/0",
    `SELECT [${transforms.price[0].map((x: number) => `${x}::DOUBLE`)}] AS learned`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

test("what Spark wrote becomes the folder that dinc writes", async () => {
  cpSync(at("spark-like"), at("whole"), { recursive: true });
  await done(...seal("whole"));
  expect(readdirSync(at("whole")).sort()).toEqual(["fitted.json", "prepared.json", "train", "vocab"]);
  for (const name of ["fitted.json", "vocab/item_id.jsonl"])
    expect(readFileSync(at("whole", name), "utf8")).toBe(readFileSync(at("rows", name), "utf8"));
  const described = (out: string) => {
    const { columns, histories, tables, reads, splits } = JSON.parse(
      readFileSync(at(out, "prepared.json"), "utf8"),
    );
    const shards = splits.train.shards.map(({ rows, sha256 }: { rows: number; sha256: string }) => ({
      rows,
      sha256,
    }));
    return { columns, histories, tables, reads, shards };
  };
  expect(described("whole")).toEqual(described("rows"));
  for (const rows of ["rows", "whole"])
    await done("train", "--rows", rows, "--backend", "wasm", "--out", `${rows}-run`);
  expect(readFileSync(at("whole-run/weights.safetensors"))).toEqual(
    readFileSync(at("rows-run/weights.safetensors")),
  );
  expect((await dinc(...seal("whole"))).err).toContain("DIN0656 prepared-exists");
});

describe("what is not as a training needs it", () => {
  const changed = (column: string, value: string) => `SELECT * REPLACE (${value} AS "${column}") FROM rows`;
  test.each([
    [
      "an id that no vocabulary has",
      changed("item_id", "99::INTEGER"),
      "has ids that its vocabulary does not have in `item_id`",
    ],
    [
      "padding as an id",
      changed("clicks.item_id", `list_transform("clicks.item_id", lambda x: 0::INTEGER)`),
      "has ids that its vocabulary does not have in `clicks.item_id`",
    ],
    ["a missing value", changed("price", "NULL::FLOAT"), "has missing values in `price`"],
    ["a number that is none", changed("price", "'nan'::FLOAT"), "has numbers that are not finite in `price`"],
    ["another label", changed("label/click", "2::FLOAT"), "has other values than 0 and 1 in `label/click`"],
    [
      "histories of two lengths",
      changed("clicks.dwell", `list_append("clicks.dwell", 1::FLOAT)`),
      "has too long or unequal histories in `clicks.dwell`",
    ],
    ["another type", changed("price", `"price"::DOUBLE`), "has `price` as DOUBLE, not FLOAT"],
    ["a column less", `SELECT * EXCLUDE ("clicks.dwell") FROM rows`, "lacks the column `clicks.dwell`"],
  ])("%s", async (name, query, words) => {
    const out = `broken-${name.replaceAll(" ", "-")}`;
    cpSync(at("spark-like"), at(out), { recursive: true });
    const [file] = readdirSync(at(out, "train")).filter((each) => each.endsWith(".parquet"));
    const path = at(out, "train", file!);
    await ask(`CREATE TABLE rows AS FROM '${path}'; COPY (${query}) TO '${path}' (FORMAT parquet)`);
    for (const other of readdirSync(at(out, "train"))) if (other !== file) rmSync(at(out, "train", other));
    const { code, err } = await dinc(...seal(out));
    expect([code, err]).toEqual([1, expect.stringContaining(`cannot be sealed: ${out}/train ${words}`)]);
    expect(readdirSync(at(out))).not.toContain("prepared.json");
  });

  test.each([
    ["no rows", (out: string) => rmSync(at(out, "train"), { recursive: true }), "train has no Parquet files"],
    [
      "no vocabulary",
      (out: string) => rmSync(at(out, "spark/vocab"), { recursive: true }),
      "spark/vocab/item_id has no Parquet files",
    ],
    [
      "what is no Parquet",
      (out: string) => writeFileSync(at(out, "spark/vocab/item_id/part-0.parquet"), "no"),
      "it is not a Parquet file, or cut short",
    ],
  ])("%s", async (name, damage, words) => {
    const out = `without-${name.replaceAll(" ", "-")}`;
    cpSync(at("spark-like"), at(out), { recursive: true });
    damage(out);
    const { code, err } = await dinc(...seal(out));
    expect([code, err]).toEqual([1, expect.stringContaining(words)]);
    expect(err).toContain("DIN0658 unsealable");
  });
});
