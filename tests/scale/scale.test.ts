// docs/scale.md says what follows from its assumptions. `npm run generate` writes it. What
// can be looked at here is looked at: bytes of drawn ids in Parquet, how many of them are different, and what
// goes over the wire when ids are dealt out.

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import { root } from "../cli/spawn.ts";
import { distinct, drawn, held, job, measured, rowOf, shardings, step, tableBytes, wire } from "./job.ts";
import { scalePage } from "./page.ts";
import { workOf } from "./work.ts";

const spec = readFileSync(join(root, "tests/scale/job.din"), "utf8");
const work = workOf(spec);

test("the page is what follows from its assumptions", () => {
  const path = join(root, "docs/scale.md");
  const page = scalePage(work, spec);
  if (process.env["UPDATE"] !== undefined) writeFileSync(path, page);
  expect(readFileSync(path, "utf8")).toBe(page);
});

test("the spec is the job: its sizes, and the work of its layers by hand", () => {
  const { model } = work;
  expect(model.tables.get("item_id")!.width).toBe(job.width);
  expect(model.histories.get("clicks")!.max).toBe(job.steps);
  expect(model.features.get("item_id")!.kind).toEqual({ kind: "sized_id", size: job.ids });
  expect([...work.lookups.values()]).toEqual([1 + job.steps, 1 + job.steps]);
  // Products of a step: 4 · 80 inputs to 80, 40 and 1 units; of a row: 160 to 200, 80 and 1.
  const products = 2 * (job.steps * (320 * 80 + 80 * 40 + 40) + 160 * 200 + 200 * 80 + 80);
  expect(work.flops).toBeGreaterThan(products);
  expect(work.flops).toBeLessThan(1.1 * products);
  expect(work.statistics).toBe(4);
});

test("different ids of drawn ones are as many as computed", () => {
  const random = Random.of(1, "different ids");
  for (const draws of [1000, 50_000, 400_000]) {
    const ids = new Set(Array.from({ length: draws }, () => drawn(random.next())));
    expect(Math.abs(ids.size / distinct(draws) - 1)).toBeLessThan(0.02);
  }
});

test("ids that are dealt out to ranks make the bytes on the wire", () => {
  const [gpus, rows] = [8, 200];
  const random = Random.of(2, "ranks");
  const block = Math.ceil(job.ids / gpus);
  const asked = Array.from(
    { length: gpus },
    () => new Set(Array.from({ length: rows * (1 + job.steps) }, () => drawn(random.next()))),
  );
  // What the rank sends that has the rows of `isOwn`: a vector for each id that another rank asks for, and as
  // many come back.
  const sent = (rank: number, isOwn: (id: number) => boolean) =>
    2 *
    job.width *
    4 *
    asked.reduce((sum, ids, other) => sum + (other === rank ? 0 : [...ids].filter(isOwn).length), 0);
  const first = sent(0, (id) => id <= block);
  expect(Math.abs(first / wire("row_wise", gpus, rows, true).vectors - 1)).toBeLessThan(0.02);
  for (const rank of [0, 3]) {
    const own = sent(rank, (id) => Math.floor(rowOf(id) / block) === rank);
    expect(Math.abs(own / wire("row_wise", gpus, rows).vectors - 1)).toBeLessThan(0.05);
  }
  const all = sent(0, () => true);
  expect(Math.abs(all / wire("table_wise", gpus, rows).vectors - 1)).toBeLessThan(0.02);
});

test("no GPU holds less than its part, and a step on more GPUs is no quicker a row each", () => {
  const adam = { kind: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
  for (const sharding of shardings)
    for (const gpus of [8, 64])
      expect(held(sharding, gpus, adam)).toBeGreaterThanOrEqual((3 * tableBytes) / gpus);
  expect(step(work, 64, 4096).seconds).toBeGreaterThan(step(work, 8, 4096).seconds);
  expect(step(work, 8, 512).seconds).toBeLessThan(step(work, 8, 4096).seconds);
});

test("drawn ids take so many bytes in Parquet", async () => {
  const folder = mkdtempSync(join(tmpdir(), "dinc-scale-"));
  const database = await DuckDBInstance.create(":memory:");
  try {
    const connection = await database.connect();
    await connection.run("SELECT setseed(0.5)");
    const sizes = { item_id: job.ids, cate_id: 10_000 };
    for (const [name, ids] of Object.entries(sizes)) {
      const path = join(folder, `${name}.parquet`);
      const id = `CAST(floor(pow(${ids + 1}, random())) AS INTEGER)`;
      const lists = `SELECT list(id) AS h FROM (SELECT i // ${job.steps} AS g, ${id} AS id FROM range(2000000) x(i)) GROUP BY g`;
      await connection.run(`COPY (${lists}) TO '${path}' (FORMAT parquet, COMPRESSION zstd)`);
      const bytes = statSync(path).size / 2e6;
      expect(Math.abs(bytes / measured.bytes[name as keyof typeof sizes] - 1)).toBeLessThan(0.05);
    }
    connection.closeSync();
  } finally {
    database.closeSync();
    rmSync(folder, { recursive: true });
  }
});
