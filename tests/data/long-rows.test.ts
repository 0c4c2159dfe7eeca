// Long texts and lists: DuckDB gives 2,048 rows at a time whatever they hold, and a file of a few kilobytes may hold
// gigabytes. dinc reads them where they fit into the memory for reading, and says at which row they do not.

import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import type { RawChunk } from "../../compiler/data/raw-values.ts";
import { DataFiles } from "../../runtime/data/tables/data-files.ts";
import { withFiles } from "../../runtime/data/tables/reading.ts";
import { isLongRow, longRows, longRowsIn, selecting } from "../../runtime/duckdb/long-rows.ts";
import { CHUNK_ROWS } from "../../runtime/duckdb/streamed.ts";
import { runs, seed } from "../support/how-often.ts";
import { TestFolder } from "./files.ts";

const LIMIT = 128e6;

/** The length of the text of each row. */
async function lengths(path: string, limit?: number): Promise<number[]> {
  const limits = { bytes: LIMIT, folder: "/tmp" };
  const files = await DataFiles.open({ limits });
  try {
    const file = await files.file(path);
    const found: number[] = [];
    const visit = ({ columns: [column] }: RawChunk) => {
      for (const value of column!.cells) found.push((value as string | unknown[]).length);
    };
    await files.scan(file, [file.columns.get("note")!], visit, limit);
    return found;
  } finally {
    await files.close();
  }
}

/** 3,000 rows, of which those from row 2,500 on (from 0) have a text of 300 kB. */
const LONG = "CASE WHEN n < 2500 THEN 'short' ELSE repeat('x', 300000) END AS note FROM range(3000) t(n)";

const lineOf = (n: number) => (n < 2500 ? "short" : "x".repeat(300_000));

describe("rows that hold more than the memory for reading", () => {
  const writers: Readonly<Record<string, (folder: TestFolder) => Promise<string> | string>> = {
    "a dictionary of Parquet": (folder) => folder.parquet("rows.parquet", `SELECT n, ${LONG}`),
    "a packed CSV": (folder) => {
      const lines = Array.from({ length: 3000 }, (_, n) => `${n},${lineOf(n)}\n`);
      return folder.write("rows.csv.gz", gzipSync(`n,note\n${lines.join("")}`, { level: 1 }));
    },
  };

  it.each(Object.entries(writers))(
    "are refused with the place: %s",
    async (_name, write) => {
      const folder = new TestFolder();
      const path = await write(folder);
      const said = await folder.said(() => lengths(path));
      expect(said).toMatch(
        /^error\[DIN0629 long-values\]: the 2,048 rows from this one on contain 1\d\d MB of texts and lists; the limit is 128 MB\n.*rows\.[\w.]+, row 2049, column note/,
      );
      // Rows that nobody wants may hold anything.
      expect(await lengths(path, 1000)).toEqual(Array.from({ length: 1000 }, () => 5));
    },
    120_000,
  );

  it("are read where few of them are long", async () => {
    const folder = new TestFolder();
    const query =
      "SELECT CASE WHEN n % 1500 = 7 THEN repeat('x', 3000000) ELSE 'x' END AS note FROM range(5000) t(n)";
    const found = await lengths(await folder.parquet("rows.parquet", query));
    expect(found).toEqual(Array.from({ length: 5000 }, (_, n) => (n % 1500 === 7 ? 3_000_000 : 1)));
  });
});

it("and a page of Parquet is not unpacked beyond the memory, whoever reads it", async () => {
  const folder = new TestFolder();
  // Each text is another one, so that no dictionary holds them.
  const query = "SELECT n, n || repeat('x', 300000) AS note FROM range(1000) t(n)";
  const path = await folder.parquet("rows.parquet", query);
  const read = (bytes: number) =>
    withFiles(
      path,
      {},
      async (files) => {
        const file = await files.file(path);
        return files.scan(file, [file.columns.get("note")!], () => {});
      },
      bytes,
    );
  expect(await folder.said(() => read(2e8))).toMatch(/^error\[DIN0602 .*200 MB.*\n --> rows\.parquet\n/);
  expect(await read(4e9)).toBe(1000);
});

it("finds the first rows that hold too much, whatever they are", async () => {
  const random = Random.of(seed, "long rows");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  for (let i = runs(8); i > 0; i--) {
    const rows = 1 + random.integer(6000);
    const [every, length] = [1 + random.integer(2000), random.integer(20_000)];
    const [first, lists] = [random.integer(rows), random.integer(3)];
    const most = 1_000_000;
    const bytesOf = (n: number) => (n >= first && n % every === 0 ? length + 8 * lists : 1);
    const columns = [
      { sql: "a", typeName: "text" },
      { sql: "b", typeName: "BIGINT" },
      { sql: "c", typeName: "BIGINT[]" },
    ];
    await connection.run(
      `CREATE OR REPLACE TABLE t AS SELECT CASE WHEN n >= ${first} AND n % ${every} = 0 THEN repeat('x', ${length}) ELSE 'x' END AS a, n AS b, CASE WHEN n >= ${first} AND n % ${every} = 0 THEN range(${lists}) END AS c FROM range(${rows}) r(n)`,
    );
    const isLong = Array.from({ length: rows }, (_, n) => bytesOf(n)).some(
      (bytes) => bytes > Math.floor(most / CHUNK_ROWS),
    );
    const failed = await connection.run(selecting("t", columns, most)).then(
      () => false,
      (error: unknown) => isLongRow(error),
    );
    expect(failed).toBe(isLong);
    const sums = new Map<number, number>();
    for (let n = 0; n < rows; n++) {
      const start = n - (n % CHUNK_ROWS);
      sums.set(start, (sums.get(start) ?? 0) + bytesOf(n));
    }
    const expected = [...sums].find(([, bytes]) => bytes > most);
    const read = await connection.runAndReadAll(longRows("t", columns, most, Number.POSITIVE_INFINITY));
    expect(longRowsIn(read.getRows())).toEqual(
      expected === undefined ? null : { row: expected[0], column: 0, bytes: expected[1] },
    );
  }
  connection.closeSync();
  instance.closeSync();
});
