// `dinc export embeddings`: the vectors of a run's table beside the values that they belong to, as Parquet
// and as NumPy have them.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportEmbeddings } from "../../runtime/index.ts";
import { readSafetensors } from "../../runtime/run/safetensors.ts";
import { runHere } from "./run-here.ts";
import { root } from "./spawn.ts";

const SPEC = `model shop
features item {
  item_id : id  embed 5
  slot    : int(0..3)  embed 2
  word    : id(hash: 20)  embed 3
}
history clicks(max: 3) { item_id <-> clicked }
label click : binary
net { predict click = concat(item_id, slot, word, mean(clicks)) |> dense(1) |> sigmoid }
train { batch 16  epochs 1  optimizer adam(learning_rate: 1e-2) }
`;

let folder = "";
const at = (name: string) => join(folder, name);
const dinc = (...args: string[]) => runHere(args, { cwd: folder });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-export-"));
  const item = (i: number) => ["für", "b c", "d'e", "f\\g", "1.0"][(i * 3) % 5]!;
  const line = (i: number) => `${item(i)},${i % 4},w${i % 30},${item(i + 1)}|${item(i + 2)},${i % 2}`;
  writeFileSync(at("model.din"), SPEC);
  writeFileSync(
    at("rows.csv"),
    `item_id,slot,word,clicked,click\n${Array.from({ length: 200 }, (_, i) => line(i)).join("\n")}\n`,
  );
  writeFileSync(at("dinc.yaml"), "spec: model.din\ndata: { train: rows.csv }\n");
  const { code, err } = await dinc("train", "-c", "dinc.yaml", "--backend", "wasm", "--out", "run");
  expect(code, err).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** By value its vector, as the run has it. */
async function ofRun(table: string, values: readonly string[]): Promise<[string, number[]][]> {
  const { tensors } = await readSafetensors(at("run/weights.safetensors"));
  const { dims, values: numbers } = tensors.get(`table.${table}`)!;
  const width = dims[1]!;
  expect(dims[0]).toBe(values.length + 2);
  return values.map((value, i) => [value, [...numbers.slice((i + 2) * width, (i + 3) * width)]]);
}

const vocabulary = () =>
  readFileSync(at("run/vocab/item_id.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as string);

function matrix(file: string): { readonly shape: number[]; readonly rows: number[][] } {
  const bytes = readFileSync(at(file));
  expect(bytes.subarray(0, 8)).toEqual(Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0]));
  const start = 10 + bytes.readUInt16LE(8);
  expect(start % 64).toBe(0);
  const header = bytes.toString("latin1", 10, start);
  expect(header).toMatch(/^\{'descr': '<f4', 'fortran_order': False, 'shape': \(\d+, \d+\), \} *\n$/);
  const shape = header.match(/\d+(?=[,)])/g)!.map(Number);
  expect(bytes.length).toBe(start + 4 * shape[0]! * shape[1]!);
  const rows = Array.from({ length: shape[0]! }, (_, row) =>
    Array.from({ length: shape[1]! }, (_, i) => bytes.readFloatLE(start + 4 * (row * shape[1]! + i))),
  );
  return { shape, rows };
}

test("Parquet has each known value beside its vector", async () => {
  const documented = /^dinc (export embeddings .*)$/m.exec(
    readFileSync(join(root, "docs/commands.md"), "utf8"),
  )![1]!;
  const { code, err } = await dinc(...documented.replace("my-run", "run").split(" "));
  expect(code, err).toBe(0);
  expect(err).toBe("5 vectors of item_id, 5 numbers each: items.parquet\n");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const read = await connection.runAndReadAll(`SELECT * FROM read_parquet('${at("items.parquet")}')`);
  expect(read.columnNames()).toEqual(["item_id", "vector"]);
  const rows = read.getRowsJson().map(([value, vector]) => [value, vector]);
  connection.closeSync();
  instance.closeSync();
  expect(rows).toEqual(await ofRun("item_id", vocabulary()));
});

test("NumPy has them in a matrix, and their values in a file beside it", async () => {
  const { code, err } = await dinc("export", "embeddings", "run", "--table", "slot", "--out", "slots.npy");
  expect(code, err).toBe(0);
  expect(err).toContain("slots.npy, slots.ids.json");
  const ids = JSON.parse(readFileSync(at("slots.ids.json"), "utf8")) as string[];
  expect(ids).toEqual(["0", "1", "2", "3"]);
  const { shape, rows } = matrix("slots.npy");
  expect(shape).toEqual([4, 2]);
  expect(ids.map((id, i) => [id, rows[i]])).toEqual(await ofRun("slot", ids));
});

test.each([
  ["matrix", "kept.npy", "kept.ids.json"],
  ["values", "kept.ids.json", "kept.npy"],
])("where the %s cannot be written, both files stay as they were", async (_, refused, other) => {
  for (const name of [refused, other]) rmSync(at(name), { recursive: true, force: true });
  mkdirSync(at(refused));
  writeFileSync(at(other), "before");
  const { code, err } = await dinc("export", "embeddings", "run", "--table", "slot", "--out", "kept.npy");
  expect(code).toBe(1);
  expect(err).toContain("cannot write");
  expect(readFileSync(at(other), "utf8")).toBe("before");
  expect(readdirSync(at(".")).filter((name) => name.startsWith("kept"))).toHaveLength(2);
});

test("vectors of length 1 point where the run's do", async () => {
  const found = await exportEmbeddings(at("run"), at("unit.npy"), { table: "item_id", normalize: true });
  expect(found).toEqual({
    ...{ table: "item_id", vectors: 5, width: 5 },
    files: [at("unit.npy"), at("unit.ids.json")],
  });
  const raw = await ofRun("item_id", vocabulary());
  for (const [i, vector] of matrix("unit.npy").rows.entries()) {
    const length = Math.hypot(...raw[i]![1]);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
    vector.forEach((value, j) => {
      expect(value).toBeCloseTo(raw[i]![1][j]! / length, 6);
    });
  }
});

test.each([
  [["--out", "x.npy"], "DIN0880", "--table item_id, --table slot"],
  [["--table", "nope", "--out", "x.npy"], "DIN0880", "no table `nope`"],
  [["--table", "word", "--out", "x.npy"], "DIN0881", "--table item_id, --table slot"],
  [["--table", "slot", "--out", "x.csv"], "written as .parquet or .npy, not as x.csv", ""],
  [["--table", "slot", "--out", "no/folder/x.npy"], "DIN", "cannot write"],
])("%j is refused", async (options, code, words) => {
  const found = await dinc("export", "embeddings", "run", ...options);
  expect(found.code).toBe(code.startsWith("DIN") ? 1 : 2);
  expect(found.err).toContain(code);
  expect(found.err).toContain(words);
});
