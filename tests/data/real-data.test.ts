// Real logs, where they are at hand: the rows that the peers train on, and lists in Parquet.

import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { readConfig } from "../../runtime/driver/read-config.ts";
import { rowsOf, TestFolder } from "./files.ts";
import { readSplit, readTraining } from "./in-memory.ts";
import { dinModel } from "./models.ts";

const beauty = "../shared/data/amazon-beauty";
const movieLens = "../shared/data/movielens-100k";

function meanHistory({ rows, histories }: MemoryRows): number {
  const { start, end } = histories.get("clicks")!;
  let steps = 0;
  for (let row = 0; row < rows; row++) steps += end[row]! - start[row]!;
  return steps / rows;
}

describe.runIf(existsSync(beauty))("Amazon Beauty by the DIN paper's protocol", () => {
  it("gives the rows that the other libraries train on", async () => {
    const { data } = await readConfig("examples/amazon-beauty/dinc.yaml", [`data.dir=${beauty}`]);
    const { train, test, fitted, fingerprint } = await readTraining(dinModel(), data!);
    expect([train.rows, test!.rows]).toEqual([307_552, 44_726]);
    expect(fingerprint).toMatchObject({ trainRows: 307_552, testRows: 44_726 });
    expect(meanHistory(train)).toBeCloseTo(8.1, 1);
    expect(train.labels.get("click")!.reduce((sum, label) => sum + label, 0)).toBe(307_552 / 2);
    expect(new Set(test!.groups.get("user_id")).size).toBe(22_363);
    expect(fitted.vocabularies.get("cate_id")!.length).toBeLessThanOrEqual(637);

    expect(await readSplit(dinModel(), fitted, data!, "test")).toEqual(test);
  });
});

describe.runIf(existsSync(movieLens))("MovieLens as example rows", () => {
  it("reads lists from Parquet: the ratings of 200 users, with the films liked before", async () => {
    const rows = await new TestFolder().parquet(
      "ratings.parquet",
      `WITH films AS (SELECT item_id, split_part(class, ' ', 1) AS cate_id FROM read_csv('${movieLens}/movies.csv', header=true)),
      rated AS (
        SELECT user_id, item_id, cate_id, rating >= 4 AS click, row_number() OVER (ORDER BY timestamp, item_id) AS t
        FROM read_csv('${movieLens}/ratings.csv') JOIN films USING (item_id) WHERE user_id <= 200
      )
      SELECT user_id, item_id, cate_id, click,
        list(item_id) FILTER (click) OVER past AS hist_item_id, list(cate_id) FILTER (click) OVER past AS hist_cate_id
      FROM rated WINDOW past AS (PARTITION BY user_id ORDER BY t ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`,
    );
    const { train, fitted } = await readTraining(dinModel(), rowsOf(rows));
    expect(train.rows).toBe(19_747);
    expect(fitted.vocabularies.get("item_id")!.length).toBe(1420);
    const { start, end } = train.histories.get("clicks")!;
    expect(Math.max(...end.map((last, row) => last - start[row]!))).toBe(50);
    expect(train.labels.get("click")!.reduce((sum, label) => sum + label, 0)).toBe(11_207);
  });
});
