// `dinc predict --keep`: columns of the file beside the scores, in every format that is read and written; and
// scores as Parquet.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { predict } from "../../runtime/index.ts";
import { runHere } from "./run-here.ts";

const SPEC = `model tiny
features item { item_id : id  embed 4   price : number |> standardize }
label click : binary
net { predict click = concat(item_id, price) |> dense(1) |> sigmoid }
train { batch 32  epochs 1  optimizer adam(learning_rate: 1e-3) }
`;
const ROWS = 5000;
const cells = (i: number) => ({
  item_id: `i${i % 9}`,
  price: i / 4,
  // What CSV has to put in quotes, and numbers that JavaScript cannot hold.
  note: ["plain", 'a "word", or two', "line\nbreak", " edge "][i % 4]!,
  number: `${9007199254740993n + BigInt(i)}`,
  click: i % 2,
});

let folder = "";
const at = (name: string) => join(folder, name);
const dinc = (...args: string[]) => runHere(args, { cwd: folder });

/** Rows of a query, numbers of 64 bits as texts. */
async function rowsOf(query: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(query)).getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-keep-"));
  writeFileSync(at("model.din"), SPEC);
  const lines = Array.from({ length: ROWS }, (_, i) => {
    const { item_id, price, note, number, click } = cells(i);
    return `${item_id},${price},"${note.replaceAll('"', '""')}",${number},${click}`;
  });
  writeFileSync(at("rows.csv"), `item_id,price,note,number,click\n${lines.join("\n")}\n`);
  writeFileSync(at("dinc.yaml"), "spec: model.din\ndata: { train: rows.csv }\n");
  const { code, err } = await dinc("train", "-c", "dinc.yaml", "--backend", "wasm", "--out", "run");
  expect(code, err).toBe(0);
  const typed = "read_csv('rows.csv', types = {'number': 'BIGINT', 'note': 'VARCHAR'})".replace(
    "rows.csv",
    at("rows.csv"),
  );
  await rowsOf(
    `COPY (SELECT * FROM ${typed}) TO '${at("rows.parquet")}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
  );
  await rowsOf(`COPY (SELECT * FROM ${typed}) TO '${at("rows.jsonl")}' (FORMAT json)`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (name: string) =>
  name.endsWith(".parquet")
    ? `'${at(name)}'`
    : name.endsWith(".csv")
      ? `read_csv('${at(name)}', types = {'number': 'BIGINT', 'note': 'VARCHAR'}, strict_mode = true, new_line = '\\n', quote = '"')`
      : `read_json('${at(name)}', columns = {row: 'BIGINT', note: 'VARCHAR', number: 'BIGINT', click_logit: 'DOUBLE', click_probability: 'DOUBLE'})`;

describe.each(["rows.csv", "rows.parquet", "rows.jsonl"])("%s", (data) => {
  test.each(["csv", "jsonl", "parquet"])("keeps its columns in a .%s", async (format) => {
    const out = `of ${data}.${format}`;
    const { code, err } = await dinc(
      ...["predict", "run", "--data", data, "--keep", "note", "--keep", "number", "--out", out],
    );
    expect(err).toContain("5,000 rows scored");
    expect(code).toBe(0);
    const found = await rowsOf(`SELECT row, note, number, click_logit FROM ${read(out)} ORDER BY row`);
    const plain: number[] = [];
    for await (const { logits } of predict(at("run"), { data: at(data) }))
      plain.push(...logits.get("click")!);
    expect(found).toEqual(
      plain.map((logit, i) => {
        const { note, number } = cells(i);
        return {
          row: String(i + 1),
          note,
          number,
          click_logit: format === "parquet" ? logit : Number(logit.toPrecision(9)),
        };
      }),
    );
  });
});

test("numbers of a Parquet file stay numbers, and texts texts", async () => {
  await dinc(
    "predict",
    "run",
    "--data",
    "rows.parquet",
    "--keep",
    "number",
    "--keep",
    "price",
    "--keep",
    "note",
    "--out",
    "typed.parquet",
  );
  const types = await rowsOf(
    `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '${at("typed.parquet")}')`,
  );
  expect(
    types.map(({ column_name, column_type }) => `${String(column_name)} ${String(column_type)}`),
  ).toEqual([
    "row BIGINT",
    "number BIGINT",
    "price DOUBLE",
    "note VARCHAR",
    "click_logit FLOAT",
    "click_probability FLOAT",
  ]);
});

test.each(["csv", "jsonl", "parquet"])(
  "a row that is left out has its number alone, in a .%s",
  async (format) => {
    writeFileSync(
      at("bad.csv"),
      "item_id,price,note,number\ni1,1,a,1\ni2,cheap,b,2\ni3,3,c,3\ni4,dear,d,4\n",
    );
    const out = `left out.${format}`;
    const given = [
      "predict",
      "run",
      "--data",
      "bad.csv",
      "--keep",
      "note",
      "--keep",
      "number",
      "--on-bad-row",
      "skip",
    ];
    const { code, err } = await dinc(...given, "--out", out);
    expect(code, err).toBe(0);
    const found = await rowsOf(
      `SELECT row, note, click_logit IS NULL AS unscored FROM ${read(out)} ORDER BY row`,
    );
    expect(found).toEqual([
      { row: "1", note: "a", unscored: false },
      { row: "2", note: null, unscored: true },
      { row: "3", note: "c", unscored: false },
      { row: "4", note: null, unscored: true },
    ]);
  },
);

test("a mistake in the last row leaves no file", async () => {
  writeFileSync(at("late.csv"), `${readFileSync(at("rows.csv"), "utf8")}i1,cheap,x,1,0\n`);
  const { code, err } = await dinc(
    "predict",
    "run",
    "--data",
    "late.csv",
    "--keep",
    "note",
    "--out",
    "late.parquet",
  );
  expect(err).toContain("not-a-number");
  expect(code).toBe(1);
  expect(readdirSync(folder).filter((name) => name.includes("late.parquet"))).toEqual([]);
});

test.each([
  [
    ["--data", "rows.csv", "--keep", "row", "--out", "x.csv"],
    2,
    "--keep row: the table of scores has a column of that name",
  ],
  [["--data", "rows.csv", "--keep", "note", "--keep", "note", "--out", "x.csv"], 2, "--keep note: the table"],
  [
    ["--data", "rows.csv", "--keep", "item_id,price", "--out", "x.csv"],
    1,
    "these are several columns: `--keep item_id --keep price`",
  ],
  [["--data", "rows.csv", "--keep", "notes", "--out", "x.csv"], 1, "no column `notes`, which `--keep` names"],
  [
    ["--rows", "prepared", "--keep", "note", "--out", "x.csv"],
    2,
    "prepared rows have only the model's columns, encoded: leave out --keep",
  ],
  [
    ["--data", "rows.csv", "--out", "x.feather"],
    2,
    "written as .csv, .jsonl, .ndjson or .parquet, not as x.feather",
  ],
])("%j is refused", async (options, code, words) => {
  const found = await dinc("predict", "run", ...options);
  expect(found.err).toContain(words);
  expect(found.code).toBe(code);
});
