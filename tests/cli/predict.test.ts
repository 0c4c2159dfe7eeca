// dinc predict on files of any size: memory that does not grow with them, the same scores whatever the pieces, and a file
// of scores that is complete or absent.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { separatorsOf } from "../../compiler/frontend/config/config.ts";
import { SCORING_BATCH } from "../../compiler/train/score.ts";
import { readRows } from "../../runtime/data/read-data.ts";
import { rowPieces } from "../../runtime/data/row-pieces.ts";
import { chooseBackend } from "../../runtime/engines/choose.ts";
import { nativeAvailable } from "../../runtime/native/load.ts";
import { type OpenRun, openRun } from "../../runtime/run/open-run.ts";
import { openScorer } from "../../runtime/run/score-run.ts";
import { runHere } from "./run-here.ts";
import { root, STACK_TRACE, run as spawned } from "./spawn.ts";

// Native start-ups, many rows, and a machine that may have other things to do.
vi.setConfig({ testTimeout: 180_000 });

const backend = nativeAvailable() ? "node" : "wasm";
const dinc = join(root, "bin/dinc.js");

let folder = "";
const at = (name: string) => join(folder, name);

const HEAD = "item_id,price,clicked,tags,click";
/**
 * One column, bound so often: with twelve, a row takes 2 KB when it is encoded, so that rows held as a whole
 * could not be overlooked.
 */
const pasts = { few: [..."ab"], many: [..."abcdefghijkl"] };
const line = (i: number, steps = 5) => {
  const history = Array.from({ length: steps + (i % 20) }, (_, step) => `i${(i * 7 + step * step) % 97}`);
  const tags = i % 3 === 0 ? "" : i % 2 === 0 ? "a|b" : "c";
  return `i${(i * i) % 97},${(i % 40) / 4},${history.join("|")},${tags},${(i * i) % 97 > 40 ? 1 : 0}`;
};
const csv = (rows: number, steps?: number) =>
  `${HEAD}\n${Array.from({ length: rows }, (_, i) => `${line(i, steps)}\n`).join("")}`;
const specOf = (pasts: readonly string[]) => `model tiny
features item {
  item_id : id  embed 4
  price   : number |> standardize
  tags    : set(id, max: 3)  embed 2
}
${pasts.map((past) => `history ${past}(max: 50) { item_id <-> clicked }`).join("\n")}
label click : binary
net { predict click = concat(item_id, price, tags, ${pasts.map((past) => `last(${past})`).join(", ")}) |> dense(1) |> sigmoid }
train { batch 256  epochs 1 }
`;

async function train(out: string, pasts: readonly string[]): Promise<void> {
  writeFileSync(at("model.din"), specOf(pasts));
  const { code, err } = await runHere(["train", "--backend", backend, "--out", out], { cwd: folder });
  expect({ code, err }).toMatchObject({ code: 0 });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-predict-"));
  writeFileSync(at("train.csv"), csv(3000));
  writeFileSync(at("dinc.yaml"), "spec: model.din\ndata: { train: train.csv }\n");
  await train("run", pasts.few);
});
afterAll(() => rmSync(folder, { recursive: true }));

const predict = (...args: readonly string[]) => ["predict", "run", "--backend", backend, ...args];

describe("memory", () => {
  /** The largest resident memory of a prediction, in megabytes. */
  function peak(run: string, data: string): number {
    const report = at("peak");
    writeFileSync(
      at("report-peak.mjs"),
      `import { writeFileSync } from "node:fs";
process.on("exit", () => writeFileSync(${JSON.stringify(report)}, String(process.resourceUsage().maxRSS)));\n`,
    );
    const args = ["predict", run, "--backend", backend, "--data", data, "--out", "scores.csv"];
    const { code, err } = spawned(args, {
      cwd: folder,
      env: { NODE_OPTIONS: `--import=${at("report-peak.mjs")}` },
    });
    expect({ code, err }).toMatchObject({ code: 0 });
    return Number(readFileSync(report, "utf8")) / 1024;
  }

  test("does not grow with the file", { timeout: 300_000 }, async () => {
    await train("wide", pasts.many);
    const part = csv(20_000, 30).slice(HEAD.length + 1);
    writeFileSync(at("some.csv"), `${HEAD}\n${part}`);
    writeFileSync(at("many.csv"), `${HEAD}\n${part.repeat(8)}`);
    const [some, many] = [peak("wide", "some.csv"), peak("wide", "many.csv")];
    // Megabytes. What waits for the garbage collector is some 250; held as a whole, 140,000 rows more take 550 more.
    expect(many - some).toBeLessThan(400);
  });
});

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
          { numRuns: 6 },
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
  const late = `${csv(50_000)}i1,dear,i2,a,1\n${line(1)}\ni1,cheap,i2,a,1\n`;

  test("is reported with its row, and leaves no file", async () => {
    writeFileSync(at("late.csv"), late);
    const { code, err } = await runHere(predict("--data", "late.csv", "--out", "late-scores.csv"), {
      cwd: folder,
    });
    expect(code).toBe(1);
    expect(err).toMatch(/--> late\.csv, row 50001, column price/);
    expect(err).toMatch(/`price` is "dear", which is not a finite number \(and 1 more like this\)/);
    expect(readdirSync(folder).filter((name) => name.startsWith("late-scores"))).toEqual([]);
  });

  test("leaves the file that was there", async () => {
    writeFileSync(at("kept.csv"), "years of work\n");
    expect((await runHere(predict("--data", "late.csv", "--out", "kept.csv"), { cwd: folder })).code).toBe(1);
    expect(readFileSync(at("kept.csv"), "utf8")).toBe("years of work\n");
  });
});

describe("a prediction that is cut off", () => {
  beforeAll(() => {
    const part = csv(20_000).slice(HEAD.length + 1);
    writeFileSync(at("long.csv"), `${HEAD}\n${part.repeat(30)}`);
  });

  /** Starts one and waits until it has written something beside its place. */
  async function started(out: string): Promise<{ child: ChildProcess; said: () => string }> {
    const child = spawn(process.execPath, [dinc, ...predict("--data", "long.csv", "--out", out)], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr!.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const partial = at(`${out}.partial-${child.pid}`);
    while (child.exitCode === null && !(existsSync(partial) && readFileSync(partial).length > 100_000))
      await new Promise((resolve) => setTimeout(resolve, 5));
    return { child, said: () => said };
  }
  const left = (out: string) => readdirSync(folder).filter((name) => name.startsWith(out));

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("by %s says so and leaves nothing", async (signal, expected) => {
    const { child, said } = await started("cut.csv");
    child.kill(signal);
    const [code] = await once(child, "close");
    expect({ code, said: said() }).toEqual({
      code: expected,
      said: expect.stringMatching(/stopped: nothing was written to cut\.csv\n$/),
    });
    expect(left("cut.csv")).toEqual([]);
  });

  test("by SIGINT says so where rows go to standard output", async () => {
    const child = spawn(process.execPath, [dinc, ...predict("--data", "long.csv", "--out", "-")], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.stdout.once("data", () => child.kill("SIGINT"));
    const [code] = await once(child, "close");
    expect({ code, said }).toEqual({ code: 130, said: "stopped: not all rows were written\n" });
  });

  test("by SIGKILL leaves no file of the requested name, and the next prediction removes the partial one", async () => {
    const { child } = await started("killed.csv");
    child.kill("SIGKILL");
    await once(child, "close");
    expect(left("killed.csv")).toEqual([`killed.csv.partial-${child.pid}`]);
    const { code } = await runHere(predict("--data", "rows.csv", "--out", "killed.csv"), { cwd: folder });
    expect({ code, left: left("killed.csv") }).toEqual({ code: 0, left: ["killed.csv"] });
  });

  test("by a reader that closes the pipe is no error", async () => {
    const child = spawn(process.execPath, [dinc, ...predict("--data", "long.csv", "--out", "-")], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await once(child.stdout, "data");
    child.stdout.destroy();
    const [code] = await once(child, "close");
    expect(code).toBe(0);
    expect(said).not.toMatch(STACK_TRACE);
    expect(said).not.toMatch(/error/);
  });
});
