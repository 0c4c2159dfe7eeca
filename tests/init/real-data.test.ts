// Drafts of real data, where they are at hand: the first rows of MovieLens, and the next ones read with that draft.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, describe, expect, test } from "vitest";
import { sourceFile } from "../../compiler/common/source-file.ts";
import { renderPretty } from "../../compiler/diagnostics/render/pretty.ts";
import { check } from "../../compiler/frontend/check/check.ts";
import { readTraining } from "../../runtime/data/read-data.ts";
import { BadRowReport } from "../../runtime/data/tables/bad-rows.ts";
import { init } from "../../runtime/driver/init.ts";
import { readConfig } from "../../runtime/driver/read-config.ts";
import { realData } from "../support/real-data.ts";
import { refusal } from "./refusal.ts";

const movieLens = realData("movielens-100k");
const folder = mkdtempSync(join(tmpdir(), "dinc-real-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function copy(query: string, name: string, format: string): Promise<string> {
  const path = join(folder, name);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`COPY (${query}) TO '${path}' (${format})`);
  connection.closeSync();
  instance.closeSync();
  return path;
}

describe.runIf(existsSync(movieLens))("MovieLens", () => {
  const table = (name: string) => `read_csv('${movieLens}/${name}.csv', header=true)`;
  const rows = (from: number) =>
    `SELECT u.user_id, age, gender, occupation, zip_code, r.item_id, movie_title, release_year, split_part(class, ' ', 1) AS genre,
      CAST(rating >= 4 AS INT) AS click
    FROM (SELECT *, row_number() OVER () AS n FROM ${table("ratings")}) r
    JOIN ${table("users")} u USING (user_id) JOIN ${table("movies")} m USING (item_id)
    WHERE n > ${from} AND n <= ${from + 10_000} ORDER BY n`;

  test("the draft of the first 10,000 ratings reads the next 10,000, and is the same from Parquet", async () => {
    const data = await copy(rows(0), "first.csv", "FORMAT csv, HEADER");
    await copy(rows(10_000), "next.csv", "FORMAT csv, HEADER");
    await init({ folder, data, force: true });
    const spec = readFileSync(join(folder, "model.din"), "utf8");
    const config = readFileSync(join(folder, "dinc.yaml"), "utf8");
    expect(spec).toMatch(/occupation\s+: id\s+embed 16/);
    expect(spec).not.toMatch(/: (enum|int)\(/);
    // A few ratings are of a film of the year "unkonwn", here and in the next file.
    expect(spec).toMatch(/release_year : number /);
    expect(config).toMatch(
      /# {3}release_year: 3 of 10,000 aren't numbers: `unkonwn`; the first in row 2173 of .*\n.*skip/,
    );
    // Users are in the table, so that they may not be kept aside as a whole.
    expect(config).toMatch(/validate: \{ share: 0\.1, rows: random/);
    writeFileSync(join(folder, "dinc.yaml"), config.replace(/^ {2}# test:.*$/m, "  test: next.csv"));
    const { value: model, diagnostics } = check(sourceFile("model.din", spec));
    expect(renderPretty(diagnostics)).toBe("");
    const read = await readConfig(join(folder, "dinc.yaml"));
    const badRows = new BadRowReport(read.data!.onBadRow ?? undefined);
    expect(await refusal(() => readTraining(model!, read.data!, { badRows }))).toBeNull();
    expect(badRows.leftOut.map(({ bad }) => bad)).toEqual([3, 3]);
    const typed = await copy(rows(0), "first.parquet", "FORMAT parquet");
    await init({ folder, data: typed, force: true });
    const again = readFileSync(join(folder, "model.din"), "utf8");
    expect(again.slice(again.indexOf("\n"))).toBe(spec.slice(spec.indexOf("\n")));
  });
});
