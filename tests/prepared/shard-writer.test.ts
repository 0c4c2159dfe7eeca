// Parquet files have the same bytes whether their rows are there or waited for, and what goes wrong with the rows of one file
// reaches the caller and leaves the others alone.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { CHUNK_ROWS } from "../../runtime/duckdb/streamed.ts";
import { NumberLists } from "../../runtime/duckdb/vector-numbers.ts";
import { Scratch } from "../../runtime/files/scratch.ts";
import { ShardWriter } from "../../runtime/prepared/shard-writer.ts";

const folder = mkdtempSync(join(tmpdir(), "dinc-shards-"));
const scratch = new Scratch();
let writer: ShardWriter;
beforeAll(async () => {
  writer = await ShardWriter.open(scratch);
});
afterAll(() => {
  writer.close();
  scratch.remove();
  rmSync(folder, { recursive: true });
});

const columns = [
  { name: "id", type: "int32" },
  { name: "x", type: "float" },
  { name: "steps", type: "list<int32>" },
  { name: "word", type: "text" },
  { name: "row", type: "int64" },
] as const;

/** More rows than a row group has; some words are missing. */
function* chunks() {
  const random = Random.of(1, "shards");
  for (const rows of [...new Array<number>(10).fill(CHUNK_ROWS), 1, 700]) {
    const numbers = Array.from({ length: rows }, () => random.integer(1000));
    const bounds = Int32Array.from({ length: rows + 1 }, (_, i) => 2 * i);
    yield [
      Int32Array.from(numbers),
      Float32Array.from(numbers, (x) => x / 7),
      new NumberLists(
        Int32Array.from({ length: 2 * rows }, (_, i) => i),
        bounds,
      ),
      numbers.map((x) => (x % 3 === 0 ? null : `word ${x}`)),
      BigInt64Array.from(numbers, BigInt),
    ];
  }
}

async function* later() {
  for (const chunk of chunks()) yield await Promise.resolve(chunk);
}

it("writes the same file of rows that it waits for", async () => {
  const [now, awaited] = ["now.parquet", "awaited.parquet"].map((name) => join(folder, name));
  await Promise.all([writer.write(now!, columns, chunks()), writer.write(awaited!, columns, later())]);
  expect(readFileSync(now!).equals(readFileSync(awaited!))).toBe(true);
});

it("throws the error of a file's rows, and writes the others", async () => {
  const stopped = new Error("the user stopped");
  const failing = function* () {
    yield* chunks();
    throw stopped;
  };
  const [whole, other] = ["whole.parquet", "other.parquet"].map((name) => join(folder, name));
  const [broken, ...written] = await Promise.allSettled([
    writer.write(join(folder, "broken.parquet"), columns, failing()),
    writer.write(whole!, columns, chunks()),
    writer.write(other!, columns, chunks()),
  ]);
  expect(broken).toMatchObject({ status: "rejected", reason: stopped });
  expect(written.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
  expect(readFileSync(whole!).equals(readFileSync(other!))).toBe(true);
});
