// dinc runs: many runs in one table; what may be chosen by is told from what may not, and nothing that is damaged is listed.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ListedRun, listRuns } from "../../runtime/index.ts";
import { runHere } from "./run-here.ts";

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
const spec = `model tiny
param rate = 1e-3
param units = [8]
features user { user_id : id }
features item { item_id : id  embed 4 }
label click : binary
net { predict click = item_id |> mlp(units, relu) |> dense(1) |> sigmoid }
train { batch 16  epochs 2  optimizer adam(learning_rate: rate)  metrics log_loss, auc, gauc(by: user_id) }
`;
const rows = (count: number, from = 0) => {
  const line = (i: number) => `u${i % 9},i${(i * i) % 11},${(i * i + 3 * i) % 7 < 3 ? 1 : 0}\n`;
  return `user_id,item_id,click\n${Array.from({ length: count }, (_, i) => line(from + i)).join("")}`;
};

async function train(out: string, ...more: string[]): Promise<void> {
  const { code, err } = await runHere(["train", "--backend", "wasm", "--out", out, ...more], { cwd: folder });
  expect(code, err).toBe(0);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-runs-"));
  writeFileSync(at("model.din"), spec);
  writeFileSync(at("train.csv"), rows(300));
  writeFileSync(at("valid.csv"), rows(60, 301));
  writeFileSync(at("test.csv"), rows(90, 407));
  writeFileSync(
    at("dinc.yaml"),
    "spec: model.din\ndata: { train: train.csv, valid: valid.csv, test: test.csv }\n",
  );
  await train("runs/slow");
  await train("runs/deep/fast", "--param", "rate=3e-2", "--param", "units=[16, 8]");
  await train("runs/small", "--set", "train.batch=8");
});
afterAll(() => rmSync(folder, { recursive: true }));

const list = (...args: string[]) => runHere(["runs", ...args], { cwd: folder });
const names = (out: string): string[] =>
  out
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(" ")[0]!);
const valueOfRun = ({ columns }: ListedRun, column: string) => columns.get(column) as number;

describe("dinc runs", () => {
  test("the best on validation rows first, with all that differs and nothing that does not", async () => {
    const { code, out, err } = await list("runs");
    expect(code).toBe(0);
    const head = out.split("\n")[0]!.split(/ {2,}/);
    expect(head).toEqual([
      ...["run", "params.rate", "params.units", "settings.batch", "epoch"],
      ...["valid.log_loss", "valid.auc", "valid.gauc", "test.log_loss", "test.auc", "test.gauc", "seconds"],
    ]);
    const { runs, sortedBy } = await listRuns(at("runs"));
    expect(sortedBy).toBe("valid.log_loss");
    // Of a loss the lowest is the best.
    const losses = runs.map((run) => valueOfRun(run, sortedBy));
    expect(losses).toEqual([...losses].sort((a, b) => a - b));
    expect(names(out)).toEqual(runs.map(({ run }) => run));
    expect(new Set(names(out))).toEqual(new Set(["slow", "small", "deep/fast"]));
    expect(err).toContain(`compare two: dinc diff runs/${runs[0]!.run} runs/${runs[1]!.run}\n`);
  });

  test("its numbers are those of the training", async () => {
    const { runs } = await listRuns(at("runs"), { filter: ["run=slow"] });
    const [run] = runs;
    const manifest = JSON.parse(readFileSync(at("runs/slow/manifest.json"), "utf8"));
    expect(run!.test).toEqual({ click: manifest.metrics });
    const lines = readFileSync(at("runs/slow/metrics.jsonl"), "utf8").trimEnd().split("\n");
    const valid = lines
      .map((line) => JSON.parse(line))
      .find(({ epoch, split }) => epoch === 2 && split === "valid");
    expect(run!.valid["click"]).toEqual({ log_loss: valid.log_loss, auc: valid.auc, gauc: valid.gauc });
    expect(run!.valid).not.toEqual(run!.test);
  });

  test("by any column, either way", async () => {
    const { out } = await list("runs", "--sort", "settings.batch");
    expect(names(out)[0]).toBe("small");
    expect(names((await list("runs", "--sort", "settings.batch", "--reverse")).out)[2]).toBe("small");
    expect(names((await list("runs", "--sort", "run")).out)).toEqual(["deep/fast", "slow", "small"]);
    const { runs } = await listRuns(at("runs"), { sort: "valid.auc" });
    const areas = runs.map((run) => valueOfRun(run, "valid.auc"));
    expect(areas).toEqual([...areas].sort((a, b) => b - a));
  });

  test("an order by test metrics is told to be none to choose by", async () => {
    const { err } = await list("runs", "--sort", "test.auc");
    expect(err).toContain("in the order of a test metric");
    expect((await list("runs")).err).not.toContain("test metric");
  });

  test.each([
    [["params.rate>0.01"], ["deep/fast"]],
    [["params.units=[16,8]"], ["deep/fast"]],
    [["settings.batch!=8", "params.rate<=1e-3"], ["slow"]],
    [["model=tiny", "run=small"], ["small"]],
    [["model=other"], []],
  ])("--filter %j", async (filter, expected) => {
    const { out, err } = await list("runs", ...filter.flatMap((each) => ["--filter", each]));
    expect(names(out)).toEqual(expected);
    expect(err).toContain(`${3 - expected.length} of 3 runs are left out by --filter`);
  });

  test("JSON has all of it", async () => {
    const { out } = await list("runs", "--format", "json");
    const told = JSON.parse(out);
    expect(told).toMatchObject({ version: 1, folder: "runs", of: 3, sortedBy: "valid.log_loss" });
    expect(told.runs).toHaveLength(3);
    for (const run of told.runs)
      expect(run).toMatchObject({ model: "tiny", epoch: 2, trainRows: 300, columns: { run: run.run } });
  });

  test("runs of other rows are told apart", async () => {
    mkdirSync(at("mixed"));
    cpSync(at("runs/slow"), at("mixed/a"), { recursive: true });
    writeFileSync(at("valid-2.csv"), rows(70, 500));
    await train("mixed/b", "--set", "data.valid=valid-2.csv");
    const { out, err } = await list("mixed");
    expect(out).toMatch(/^run +data /);
    expect(err).toContain("the runs have different rows");
    const { runs } = await listRuns(at("mixed"));
    expect(new Set(runs.map(({ data }) => data)).size).toBe(2);
  });

  test("a damaged run is left out, with the reason", async () => {
    cpSync(at("runs"), at("some"), { recursive: true });
    writeFileSync(at("some/small/manifest.json"), "{}");
    writeFileSync(
      at("some/slow/metrics.jsonl"),
      '{"epoch":2,"split":"valid","prediction":"click","auc":"high"}\n',
    );
    const { code, out, err } = await list("some");
    expect(code).toBe(0);
    expect(names(out)).toEqual(["deep/fast"]);
    expect(err).toContain("warning[DIN0821 run-unlisted]: some/small is left out of the list: ");
    expect(err).toContain('some/slow/metrics.jsonl has no number as "log_loss"');
  });

  test.each([
    [["nowhere"], 1, "error[DIN0508 file-unreadable]: cannot read nowhere: there is no such file"],
    [["model.din"], 1, "error[DIN0820 no-runs]: model.din is a file, not a folder of runs"],
    [["runs", "--sort", "auc"], 1, "error[DIN0822 unknown-run-column]: --sort: no run has a `auc`"],
    [["runs", "--filter", "valid.acu>0"], 1, "did you mean `valid.auc`?"],
    [["runs", "--filter", "valid.auc"], 2, "error: --filter valid.auc: write a column, one of"],
    [["runs", "--filter", "valid.auc>high"], 2, "> compares numbers, and `high` is none"],
  ])("%j is refused", async (args, expected, said) => {
    const { code, out, err } = await list(...args);
    expect([code, out]).toEqual([expected, ""]);
    expect(err).toContain(said);
  });

  test("a folder without runs", async () => {
    mkdirSync(at("none/.hidden"), { recursive: true });
    cpSync(at("runs/slow"), at("none/.hidden/run"), { recursive: true });
    const { code, err } = await list("none");
    expect(code).toBe(1);
    expect(err).toContain("error[DIN0820 no-runs]: there is no run in none\n");
    expect(err).toContain("`dinc train --out none/my-run` puts one there");
  });
});

test("a run of labels of two kinds has the metrics that fit each", async () => {
  mkdirSync(at("kinds"));
  const two = (text: string) =>
    text.replace("label click : binary", 'label click : binary\nlabel kind : enum("a", "b", "c")');
  writeFileSync(
    at("kinds/model.din"),
    two(spec).replace("sigmoid }", "sigmoid\n  predict kind = item_id |> dense(3) |> softmax }"),
  );
  const lines = rows(60).trimEnd().split("\n");
  writeFileSync(
    at("kinds/rows.csv"),
    lines.map((line, i) => `${line},${i === 0 ? "kind" : "abc"[i % 3]}\n`).join(""),
  );
  const data = [
    "--set",
    "data.train=kinds/rows.csv",
    "--set",
    "data.valid=kinds/rows.csv",
    "--set",
    "data.test=kinds/rows.csv",
  ];
  await train("kinds/runs/both", "--set", "spec=kinds/model.din", ...data);
  const { out, err } = await list("kinds/runs", "--format", "json");
  const [run] = JSON.parse(out).runs;
  expect(Object.keys(run.valid), err).toEqual(["click", "kind"]);
  expect(Object.keys(run.valid.kind)).toEqual(["log_loss"]);
});
