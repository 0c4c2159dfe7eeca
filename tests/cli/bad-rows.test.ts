// --on-bad-row on the command line: what a person is told, what the run keeps, and that the same rows are left out whenever
// they are read again.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Manifest } from "../../runtime/run/run-folder.ts";
import { interruptHere, runHere } from "./run-here.ts";
import { run } from "./spawn.ts";

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
const HEADER = "user_id,item_id,price,clicked,click";
const good = (i: number) =>
  `u${i % 7},i${(i * i) % 11},${i % 5},i${i % 11}|i${(3 * i) % 11},${i % 3 === 0 ? 1 : 0}`;
const GOOD = Array.from({ length: 160 }, (_, i) => good(i));
const BAD = ["u1,rare,free,rare,1", "u1,rare,1,rare", "u1,rare,1,rare,2", "u1,rare,1,rare,maybe"];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-bad-rows-"));
  writeFileSync(
    at("model.din"),
    `model tiny
features user { user_id : id }
features item {
  item_id : id  embed 4
  price   : number |> standardize
}
history clicks(max: 5) { item_id <-> clicked }
label click : binary
net { predict click = concat(item_id, price, mean(clicks)) |> dense(8, relu) |> dense(1) |> sigmoid }
train { batch 16  epochs 2  metrics auc, gauc(by: user_id) }
`,
  );
  const file = (name: string, rows: readonly string[]) =>
    writeFileSync(at(name), `${[HEADER, ...rows].join("\n")}\n`);
  file("clean.csv", GOOD);
  file("dirty.csv", [...GOOD.slice(0, 10), ...BAD, ...GOOD.slice(10)]);
  file("clean-test.csv", GOOD.slice(0, 100));
  file("dirty-test.csv", [BAD[0]!, ...GOOD.slice(0, 100)]);
  writeFileSync(
    at("dinc.yaml"),
    "spec: model.din\ndata:\n  train: dirty.csv\n  test: dirty-test.csv\n  on_bad_row: skip\n",
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const train = (out: string, ...more: string[]) =>
  runHere(["train", "--backend", "wasm", "--out", out, ...more], { cwd: folder });
const manifest = (out: string) => JSON.parse(readFileSync(at(out, "manifest.json"), "utf8")) as Manifest;
const weights = (out: string) => readFileSync(at(out, "weights.safetensors"));

describe("dinc train", () => {
  test("under dinc.yaml's policy, trains the weights of a file without the bad rows, and the run stores their number", async () => {
    const dirty = await train("dirty");
    expect(dirty.code).toBe(0);
    expect(dirty.err).toContain(
      "warning[DIN0561 rows-left-out]: 2 rows are left out (DIN0552): the label `click` is 2",
    );
    expect(dirty.err).toContain(" --> dirty.csv, row 13, column click");
    const note =
      "left out 4 of 164 rows of dirty.csv: not-a-number in price (1, first row 11), unreadable-row (1, first row 12), " +
      "label-not-binary in click (2, first row 13)";
    expect(dirty.err).toContain(note);
    expect(readFileSync(at("dirty", "report.html"), "utf8")).toContain(note);
    expect(manifest("dirty").data).toMatchObject({
      trainRows: 160,
      testRows: 100,
      onBadRow: "skip",
      leftOut: [
        {
          path: "dirty.csv",
          rows: 164,
          bad: 4,
          kinds: [{ rows: 1 }, { rows: 1 }, { rows: 2, column: "click", first: 13 }],
        },
        { path: "dirty-test.csv", rows: 101, bad: 1 },
      ],
    });
    const files = ["--set", "data.train=clean.csv", "--set", "data.test=clean-test.csv"];
    expect((await train("clean", ...files)).code).toBe(0);
    expect(weights("dirty").equals(weights("clean"))).toBe(true);
    expect(manifest("dirty").metrics).toEqual(manifest("clean").metrics);
  });

  test("the command line decides: fail names the row, count goes through all files and writes no run", async () => {
    const failed = await train("failed", "--on-bad-row", "fail");
    expect(failed).toMatchObject({ code: 1, out: "" });
    expect(failed.err).toContain("--> dirty.csv, row 12");
    const counted = await train("counted", "--on-bad-row", "count");
    expect(counted).toMatchObject({ code: 1, out: "" });
    for (const place of [
      "dirty.csv, row 11",
      "dirty.csv, row 12",
      "dirty.csv, row 13",
      "dirty-test.csv, row 1,",
    ])
      expect(counted.err).toContain(`--> ${place}`);
    expect(() => manifest("counted")).toThrow("ENOENT");
  });

  test("stopped and resumed it ends with the same weights", { timeout: 300_000 }, async () => {
    const args = ["train", "--backend", "wasm", "--out", "resumed", "--set", "train.epochs=6"];
    expect(run(args.with(4, "whole"), { cwd: folder }).code).toBe(0);
    const heard = (message: string) => {
      if (message.startsWith("epoch 1/6")) interruptHere();
    };
    expect((await runHere(args, { cwd: folder, heard })).code).toBe(130);
    const other = await runHere([...args, "--resume", "--set", "data.train=clean.csv"], { cwd: folder });
    expect(other.err).toContain("its data are others");
    expect(run([...args, "--resume"], { cwd: folder }).code).toBe(0);
    expect(weights("resumed").equals(weights("whole"))).toBe(true);
  });
});

describe("dinc eval", () => {
  test.each([[["-c", "dinc.yaml"]], [["--data", "dirty-test.csv"]]])(
    "%j leaves the same rows out",
    async (args) => {
      const result = await runHere(["eval", "dirty", ...args, "--backend", "wasm", "--format", "json"], {
        cwd: folder,
      });
      expect(result.code).toBe(0);
      expect(result.err).toContain(
        "left out 1 of 101 rows of dirty-test.csv: not-a-number in price (1, first row 1)",
      );
      expect(JSON.parse(result.out)).toMatchObject({ rows: 100, metrics: manifest("dirty").metrics });
    },
  );

  test("unless it is asked to fail", async () => {
    const failing = await runHere(["eval", "dirty", "--data", "dirty-test.csv", "--on-bad-row", "fail"], {
      cwd: folder,
    });
    expect(failing).toMatchObject({ code: 1, out: "" });
    expect(failing.err).toContain("--> dirty-test.csv, row 1, column price");
  });
});

test("dinc predict leaves no row of a file out", async () => {
  const result = await runHere(["predict", "dirty", "--data", "dirty-test.csv", "--out", "-"], {
    cwd: folder,
  });
  expect(result).toMatchObject({ code: 1, out: "" });
  expect(result.err).toContain("--> dirty-test.csv, row 1, column price");
});
