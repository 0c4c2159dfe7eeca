// A draft of the first half of some data, by time, trains on it, and is evaluated on the second half, without
// a mistake: nothing that is new there is more than unknown.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, describe, expect, test } from "vitest";
import { evaluate } from "../../runtime/driver/evaluate.ts";
import { init } from "../../runtime/driver/init.ts";
import { train } from "../../runtime/driver/train.ts";
import { runHere } from "../cli/run-here.ts";
import { root } from "../cli/spawn.ts";
import { realData } from "../support/real-data.ts";

const folder = mkdtempSync(join(tmpdir(), "dinc-tomorrow-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes the halves of `rows`, a query with a column `part` that orders them; returns their paths. */
async function halves(
  name: string,
  rows: string,
  ext: "csv" | "parquet",
): Promise<readonly [string, string]> {
  const paths = ["first", "second"].map((half) => join(folder, `${name}-${half}.${ext}`)) as [string, string];
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`CREATE TABLE t AS ${rows}`);
  const format = ext === "csv" ? "FORMAT csv, HEADER" : "FORMAT parquet";
  for (const [i, path] of paths.entries()) {
    const half = `part ${i === 0 ? "<=" : ">"} (SELECT quantile_disc(part, 0.5) FROM t)`;
    await connection.run(
      `COPY (SELECT * EXCLUDE (part) FROM t WHERE ${half} ORDER BY ALL) TO '${path}' (${format})`,
    );
  }
  connection.closeSync();
  instance.closeSync();
  return paths;
}

interface Seen {
  readonly spec: string;
  readonly config: string;
  readonly auc: number;
}

/** Throws what is wrong with the second half, or with the draft. */
async function tomorrow(
  name: string,
  [first, second]: readonly [string, string],
  limit = 10_000,
): Promise<Seen> {
  const own = join(folder, name);
  const { plan } = await init({ data: first, folder: own });
  const config = join(own, "dinc.yaml");
  const setting = { config, set: ["train.epochs=1"], backend: "wasm" } as const;
  const { folder: run } = await train(null, {
    ...setting,
    limit,
    out: join(own, "run"),
  });
  // Rows whose histories are made have those of the first half, too.
  const ofConfig = (key: string) => ({ config, set: [`${key}=${second}`], split: "test" as const });
  const isMade = plan.rows.kind === "rows" && plan.rows.impressions !== null;
  const rows =
    plan.rows.kind === "events"
      ? ofConfig("data.events.path")
      : isMade
        ? ofConfig("data.test")
        : { data: second };
  const { evaluations } = await evaluate(run, { ...rows, backend: "wasm", resamples: 0 });
  const { auc = Number.NaN } = evaluations[0]!.values;
  return { spec: readFileSync(join(own, "model.din"), "utf8"), config: readFileSync(config, "utf8"), auc };
}

test("simulated clicks, with lists in their columns", async () => {
  const out = join(folder, "sim");
  execFileSync("node", [
    join(root, "examples/din-simulated/generate.mjs"),
    ...["--out", out, "--users", "300", "--items", "200"],
  ]);
  const rows = `SELECT *, row_number() OVER () AS part FROM read_csv('${out}/train.csv', all_varchar = true)`;
  const { spec, auc } = await tomorrow("simulated", await halves("simulated", rows, "csv"));
  expect(spec).toMatch(/item_id\s+: id\(min_count: 2\)/);
  expect(spec).not.toMatch(/: (enum|int)\(/);
  expect(auc).toBeGreaterThan(0.5);
});

test("ids of every kind, of which the second half has others", async () => {
  const rows = `SELECT 'u' || (i * 7 % 97 + i // 1000) AS user_id, i * 11 % 211 + i // 8 AS item_id,
    (i * 11 + 5) % 211 + i // 8 AS "Seed Item ID", (i * 3 % (10 + i // 400)) AS "101", i % 3 = 0 AS "is new",
    ['red', 'blue', 'green', 'grey', 'pink'][1 + i * 5 % (2 + i // 1000)] AS colour, (i * 13 % 1009 - i // 2) / 4 AS price,
    TIMESTAMP '2026-11-01 00:00:00' + INTERVAL (i * 7 % 4000) MINUTE AS shown_at, CAST(i * 31 % 5 < 2 AS INT) AS click,
    i AS part FROM range(4000) t(i)`;
  for (const ext of ["csv", "parquet"] as const) {
    const { spec, config } = await tomorrow(`made-${ext}`, await halves(`made-${ext}`, rows, ext));
    expect(spec).toMatch(/seed_item_id\s+: id\s+share item_id/);
    expect(spec).toMatch(/column_101\s+: id/);
    expect(spec).toMatch(/is_new\s+: id\s/);
    expect(config).toContain("validate: { share: 0.1, latest_by: shown_at }");
  }
});

const movieLens = realData("movielens-100k");
describe.runIf(existsSync(movieLens))("MovieLens", () => {
  const table = (name: string) => `read_csv('${movieLens}/${name}.csv', header=true)`;

  test("as impressions, with what is known of users and items", async () => {
    const rows = `SELECT u.user_id, age, gender, occupation, zip_code, r.item_id, movie_title, release_year, class AS genres,
        timestamp, CAST(rating >= 4 AS INT) AS click, timestamp AS part
      FROM ${table("ratings")} r JOIN ${table("users")} u USING (user_id) JOIN ${table("movies")} m USING (item_id)`;
    const paths = await halves("impressions", rows, "csv");
    const { spec, config } = await tomorrow("impressions", paths, Number.MAX_SAFE_INTEGER);
    expect(spec).toMatch(/zip_code\s+: id\(min_count: 2\)/);
    expect(config).toContain("latest_by: timestamp");
    // What docs/commands.md shows of `dinc test-data`.
    const run = join(folder, "impressions", "run");
    const expected = ["--set", "expect.new=20 %", "--set", "expect.columns.click=mean 40 % .. 70 %"];
    const { code, out } = await runHere(["test-data", paths[1], "--run", run, ...expected]);
    expect(code).toBe(1);
    const page = readFileSync(join(root, "docs/commands.md"), "utf8");
    const [shown = ""] = /(?<=^second\.csv: )[\s\S]*?(?=```)/m.exec(page) ?? [];
    const said = out.split("\n");
    const lines = shown.split("\n").filter((line) => line !== "" && line !== "…");
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines.slice(1)) expect(said).toContain(line);
  });

  test("as a log of events", async () => {
    const rows = `SELECT user_id, item_id, timestamp, timestamp AS part FROM ${table("ratings")}`;
    expect((await tomorrow("log", await halves("log", rows, "parquet"))).auc).toBeGreaterThan(0.5);
  });
});

const beauty = realData("amazon-beauty");
test.runIf(existsSync(beauty))("Amazon Beauty, whose users' later events are of other items", async () => {
  const rows = `SELECT *, step AS part FROM read_csv('${beauty}/interactions.csv', header=true)`;
  const { auc } = await tomorrow("beauty", await halves("beauty", rows, "csv"));
  expect(auc).toBeGreaterThan(0.5);
});
