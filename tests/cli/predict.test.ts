// dinc predict: the same scores whatever the pieces in which rows are read, and mistakes with their rows.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { separatorsOf } from "../../compiler/frontend/config/config.ts";
import { SCORING_BATCH } from "../../compiler/train/score.ts";
import { readRows } from "../../runtime/data/read-data.ts";
import { rowPieces } from "../../runtime/data/row-pieces.ts";
import { chooseBackend } from "../../runtime/engines/choose.ts";
import { type OpenRun, openRun } from "../../runtime/run/open-run.ts";
import { openScorer } from "../../runtime/run/score-run.ts";
import { runs } from "../support/how-often.ts";
import { csv, HEAD, line, Predicting, pasts } from "./predicting.ts";
import { runHere } from "./run-here.ts";

const predicting = new Predicting();
const { folder, backend } = predicting;
const at = (name: string) => predicting.at(name);
const predict = (...args: readonly string[]) => predicting.arguments(...args);
beforeAll(() => predicting.train("run", pasts.few));

describe("scores", () => {
  let opened: OpenRun;
  beforeAll(async () => {
    opened = await openRun(at("run"));
    writeFileSync(at("rows.csv"), csv(4 * SCORING_BATCH + 777));
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const lists = "* REPLACE (string_split(clicked, '|') AS clicked, string_split(tags, '|') AS tags)";
    const select = `SELECT ${lists} FROM read_csv('${at("rows.csv")}', nullstr='none')`;
    await connection.run(`COPY (${select}) TO '${at("rows.parquet")}' (FORMAT parquet, ROW_GROUP_SIZE 3000)`);
    await connection.run(`COPY (${select}) TO '${at("rows.jsonl")}' (FORMAT json)`);
    instance.closeSync();
  });

  test.each(["csv", "parquet", "jsonl"])(
    "of a .%s are those of all rows at once, bit for bit",
    async (format) => {
      const { model, run: trained } = opened;
      const lists = { ...separatorsOf(), latestFirst: false };
      const path = at(`rows.${format}`);
      const scorer = await openScorer(opened, await chooseBackend(backend));
      try {
        await fc.assert(
          fc.asyncProperty(
            fc.integer({ min: 1, max: 5 }),
            fc.oneof(
              fc.integer({ min: 1, max: 4 * SCORING_BATCH + 777 }),
              fc.constantFrom(2047, 2048, 2049, 4096),
            ),
            async (batches, limit) => {
              const all = await readRows(model, trained.fitted, path, { labels: "optional", limit });
              const expected = (await scorer.score(all)).get("click")!;
              const { pieces } = rowPieces(
                model,
                trained.fitted,
                path,
                { ...lists, limit },
                batches * SCORING_BATCH,
              );
              const found: number[] = [];
              for await (const piece of pieces) {
                expect(piece.rows).toBe(Math.min(batches * SCORING_BATCH, limit - found.length));
                found.push(...(await scorer.score(piece)).get("click")!);
              }
              expect(found).toEqual([...expected]);
            },
          ),
          { numRuns: runs(2) },
        );
      } finally {
        await scorer.close();
      }
    },
  );

  test("keep the order of the rows, in every format", async () => {
    const scores: string[] = [];
    for (const format of ["csv", "parquet", "jsonl"]) {
      const { code, out } = await runHere(predict("--data", `rows.${format}`, "--out", "-"), { cwd: folder });
      expect(code).toBe(0);
      scores.push(out);
    }
    expect(new Set(scores).size).toBe(1);
    const rows = scores[0]!.trimEnd().split("\n").slice(1);
    expect(rows.map((row) => Number(row.split(",")[0]))).toEqual(rows.map((_, i) => i + 1));
  });

  test("of rows on standard input are those of the file", async () => {
    const input = readFileSync(at("rows.csv"), "utf8");
    const piped = await runHere(predict("--data", "-", "--out", "-"), { cwd: folder, input });
    expect(piped.out).toBe((await runHere(predict("--data", "rows.csv", "--out", "-"), { cwd: folder })).out);
  });

  test("need no label, and a bad label does not prevent them", async () => {
    const bad = `${HEAD}\n${line(0).replace(/.$/, "maybe")}\n${line(1).replace(/.$/, "")}\n`;
    writeFileSync(at("bad-labels.csv"), bad);
    const { code, out } = await runHere(predict("--data", "bad-labels.csv", "--out", "-"), { cwd: folder });
    expect(code).toBe(0);
    expect(out.trimEnd().split("\n")).toHaveLength(3);
  });
});

describe("a mistake late in the file", () => {
  const late = `${csv(20_000)}i1,dear,i2,a,1\n${line(1)}\ni1,cheap,i2,a,1\n`;

  test("is reported with its row, and leaves no file", async () => {
    writeFileSync(at("late.csv"), late);
    const { code, err } = await runHere(predict("--data", "late.csv", "--out", "late-scores.csv"), {
      cwd: folder,
    });
    expect(code).toBe(1);
    expect(err).toMatch(/--> late\.csv, row 20001, column price/);
    expect(err).toMatch(/`price` is "dear", which is not a finite number \(and 1 more like this\)/);
    expect(readdirSync(folder).filter((name) => name.startsWith("late-scores"))).toEqual([]);
  });

  test("leaves the file that was there", async () => {
    writeFileSync(at("kept.csv"), "years of work\n");
    expect((await runHere(predict("--data", "late.csv", "--out", "kept.csv"), { cwd: folder })).code).toBe(1);
    expect(readFileSync(at("kept.csv"), "utf8")).toBe("years of work\n");
  });
});
