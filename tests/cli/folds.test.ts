// `dinc train --folds`: a run for each part of the rows, means that are those of the runs, and a folder that
// is gone on with.

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FoldedTraining, trainFolds } from "../../runtime/index.ts";
import { expectSuccess, runHere } from "./run-here.ts";

const spec = `model tiny
features user { user_id : id }
features item { item_id : id  embed 4 }
label click : binary
net { predict click = item_id |> dense(1) |> sigmoid }
train { optimizer adam(0.02)  batch 16  epochs 2  metrics auc, log_loss }
`;

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
const dinc = (...args: string[]) => runHere([...args, "--backend", "wasm"], { cwd: folder });
const folds = (count: number, ...more: string[]) =>
  dinc("train", "--folds", String(count), "--out", "cv", ...more);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-folds-"));
  writeFileSync(at("model.din"), spec);
  const rows = Array.from(
    { length: 300 },
    (_, row) => `u${row % 30},i${(row * 7) % 10},${row},${((row * 7) % 10) + (row % 3) > 6 ? 1 : 0}`,
  );
  writeFileSync(at("rows.csv"), `user_id,item_id,time,click\n${rows.join("\n")}\n`);
  writeFileSync(
    at("dinc.yaml"),
    "spec: model.din\ndata:\n  train: rows.csv\n  validate: { share: 0.5, by: user_id }\n  hold_out: { share: 0.1, latest_by: time }\n",
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const written = (): FoldedTraining => JSON.parse(readFileSync(at("cv", "folds.json"), "utf8"));

test("each run validates on its part, and the means are those of the runs", async () => {
  const { code, out, err } = await folds(3);
  expect(code).toBe(0);
  expect(err).toContain("fold 2 of 3");
  expect(err).toMatch(/part +rows +user_id +time from +to\n/);
  const { folds: all, valid, test: tested } = written();
  expect(all.map(({ run }) => run)).toEqual(["cv/fold-1", "cv/fold-2", "cv/fold-3"]);
  expect(all.reduce((sum, { validRows }) => sum + validRows, 0)).toBe(270);
  for (const { trainRows, validRows } of all) expect(trainRows + validRows).toBe(270);
  for (const [means, split] of [
    [valid, "valid"],
    [tested, "test"],
  ] as const)
    for (const title of ["auc", "log_loss"]) {
      const values = all.map((fold) => fold[split]["click"]![title]!);
      const mean = values.reduce((sum, value) => sum + value, 0) / 3;
      const error = Math.hypot(...values.map((value) => value - mean)) / Math.sqrt(3 * 2);
      expect(means["click"]![title]!.mean).toBeCloseTo(mean, 12);
      expect(means["click"]![title]!.standardError).toBeCloseTo(error, 12);
      expect(out).toContain(mean.toFixed(5));
      expect(out).toContain(error.toFixed(5));
    }
  // A fold is a training like any other.
  const manifest = JSON.parse(readFileSync(at("cv", "fold-2", "manifest.json"), "utf8"));
  expect(manifest.data).toMatchObject({
    validate: { fold: { number: 2, of: 3 }, by: "user_id" },
    holdOut: { share: 0.1, latestBy: "time" },
    parts: { test: { rows: 30, from: "270", to: "299" } },
  });
  const fold = "data.validate.fold=2 of 3";
  const measured = await runHere(
    [
      "eval",
      "cv/fold-2",
      "-c",
      "dinc.yaml",
      "--set",
      fold,
      "--split",
      "valid",
      "--resamples",
      "0",
      "--format",
      "json",
    ],
    { cwd: folder },
  );
  expect(measured.out).toContain(String(all[1]!.valid["click"]!["auc"]));
});

test("goes on after a kill, with the runs that are there", async () => {
  await folds(3);
  const before = written();
  const time = (run: string) => statSync(at(run, "manifest.json")).mtimeMs;
  const kept = [time("cv/fold-1"), time("cv/fold-2")];
  for (const name of ["fold-3", "folds.json"]) rmSync(at("cv", name), { recursive: true });
  const { out } = await folds(3, "--format", "json");
  expect([time("cv/fold-1"), time("cv/fold-2")]).toEqual(kept);
  expect(written()).toEqual(before);
  expect(JSON.parse(out)).toEqual({ version: 1, ...before });
});

test("prepared rows of a fold are its rows", async () => {
  const set = ["--set", "data.validate.fold=2 of 3"];
  expectSuccess(await runHere(["prepare", "--out", "rows", ...set], { cwd: folder }));
  expectSuccess(await dinc("train", "--rows", "rows", ...set, "--out", "of-rows"));
  const weights = (run: string) => readFileSync(at(run, "weights.safetensors"));
  expect(weights("of-rows").equals(weights("cv/fold-2"))).toBe(true);
  const other = await dinc("train", "--rows", "rows", "--out", "other");
  expect(other.err).toContain("were prepared with `data.validate` as");
});

describe("refuses", () => {
  test("a folder of other folds, unless it is to be replaced", async () => {
    expect((await folds(2)).err).toContain("DIN0445");
    expect((await folds(2, "--force")).code).toBe(0);
    expect(written().folds).toHaveLength(2);
    expect((await folds(2, "--set", "train.epochs=1")).err).toContain("DIN0445");
    const label = ["--set", "data.label.from=time", "--set", 'data.label.positive="> 100"'];
    expect((await folds(2, ...label)).err).toContain("or of rows that were made differently");
    expect((await folds(2)).code).toBe(0);
  });

  test("data that do not say how they are parted", async () => {
    writeFileSync(at("plain.yaml"), "spec: model.din\ndata: { train: rows.csv }\n");
    expect((await folds(2, "-c", "plain.yaml")).err).toContain("DIN0444");
    expect(existsSync(at("cv", "fold-3"))).toBe(true);
  });

  test.each([
    [["--from", "cv/fold-1"], "--folds with --from"],
    [["--rows", "rows"], "--folds with --rows"],
    [["--resume"], "--folds with --resume"],
  ])("%j", async (more, said) => {
    expect(await folds(2, ...more)).toMatchObject({ code: 2, err: expect.stringContaining(said) });
  });

  test("fewer than two, as a library too", async () => {
    expect((await folds(1)).err).toContain("--folds takes a whole number from 2 to 100");
    await expect(trainFolds(at("model.din"), { folds: 2.5, out: at("x") })).rejects.toThrow("whole number");
  });
});
