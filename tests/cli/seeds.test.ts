// `dinc train --seeds`: a run for each seed, spreads that are those of the runs, the run in the middle, and a folder that is gone on
// with.

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SeededTraining, trainSeeds } from "../../runtime/index.ts";
import { expectSuccess, runHere } from "./run-here.ts";

const spec = `model tiny
features user { user_id : id }
features item { item_id : id  embed 4 }
label click : binary
net { predict click = item_id |> dense(1) |> sigmoid }
train { optimizer adam(0.02)  batch 16  epochs 2  seed 7  metrics auc, log_loss }
`;

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
const dinc = (...args: string[]) => runHere([...args, "--backend", "wasm"], { cwd: folder });
const seeds = (count: number, ...more: string[]) =>
  dinc("train", "--seeds", String(count), "--out", "many", ...more);
const written = (): SeededTraining => JSON.parse(readFileSync(at("many", "seeds.json"), "utf8"));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dinc-seeds-"));
  writeFileSync(at("model.din"), spec);
  const rows = Array.from(
    { length: 200 },
    (_, row) => `u${row % 30},i${(row * 7) % 10},${((row * 7) % 10) + (row % 3) > 6 ? 1 : 0}`,
  );
  writeFileSync(at("rows.csv"), `user_id,item_id,click\n${rows.join("\n")}\n`);
  writeFileSync(
    at("dinc.yaml"),
    "spec: model.din\ndata:\n  train: rows.csv\n  validate: { share: 0.3, by: user_id }\n",
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

test("each run has its seed; means, deviations and the middle are those of the runs", async () => {
  const { code, out, err } = await seeds(3);
  expect(code).toBe(0);
  expect(err).toContain("seed 8: 2 of 3");
  const { seeds: all, valid, middle } = written();
  expect(all.map(({ seed, run }) => [seed, run])).toEqual([
    [7, "many/seed-7"],
    [8, "many/seed-8"],
    [9, "many/seed-9"],
  ]);
  for (const { seed, run } of all)
    expect(JSON.parse(readFileSync(at(run, "manifest.json"), "utf8")).settings.seed).toBe(seed);
  for (const title of ["auc", "log_loss"]) {
    const values = all.map((each) => each.valid["click"]![title]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / 3;
    const spread = valid["click"]![title]!;
    expect(spread.mean).toBeCloseTo(mean, 12);
    expect(spread.deviation).toBeCloseTo(
      Math.hypot(...values.map((value) => value - mean)) / Math.sqrt(2),
      12,
    );
    expect([spread.least, spread.most]).toEqual([Math.min(...values), Math.max(...values)]);
    for (const shown of [mean, spread.deviation!]) expect(out).toContain(shown.toFixed(5));
  }
  const losses = all.map((each) => each.valid["click"]!["auc"]!).sort((a, b) => a - b);
  expect(all.find(({ run }) => run === middle)!.valid["click"]!["auc"]).toBe(losses[1]);
  expect(err).toContain(`the run in the middle: ${middle}`);
  // √2 times Student's quantile of two degrees of freedom, 4.303.
  expect(err).toContain("if two differ by less than 6.1 times that, it may be chance (many/seeds.json)");
  // `dinc runs` tells the same spread, of the folder itself and of one above it.
  const { mean, deviation } = valid["click"]!["auc"]!;
  const spread = `valid.auc ${mean.toFixed(5)} ± ${deviation!.toFixed(5)}, valid.log_loss`;
  for (const list of [["many"], ["."]]) {
    const listed = await runHere(["runs", ...list], { cwd: folder });
    expect(listed.err).toContain("mean of 3 seeds in ");
    expect(listed.err).toContain(spread);
  }
  const json = await runHere(["runs", "many", "--format", "json"], { cwd: folder });
  const [found] = JSON.parse(json.out).seeds;
  expect(found).toMatchObject({ folder: ".", runs: 3 });
  expect(found.metrics["valid.auc"].mean).toBeCloseTo(mean, 12);
  expect(found.metrics["valid.auc"].deviation).toBeCloseTo(deviation!, 12);
  // One of them alone has no spread.
  const one = await runHere(["runs", "many", "--filter", "settings.seed=8"], { cwd: folder });
  expect(one.err).not.toContain("mean of");
});

test("a seed's run is the training with that seed, bit for bit", async () => {
  await seeds(2);
  expectSuccess(await dinc("train", "--seed", "8", "--out", "alone"));
  const weights = (run: string) => readFileSync(at(run, "weights.safetensors"));
  expect(weights("alone").equals(weights("many/seed-8"))).toBe(true);
  expect(weights("alone").equals(weights("many/seed-7"))).toBe(false);
});

test("goes on after a kill, with the runs that are there", async () => {
  await seeds(3);
  const before = written();
  const time = (run: string) => statSync(at(run, "manifest.json")).mtimeMs;
  const kept = [time("many/seed-7"), time("many/seed-8")];
  for (const name of ["seed-9", "seeds.json"]) rmSync(at("many", name), { recursive: true });
  const { out } = await seeds(3, "--format", "json");
  expect([time("many/seed-7"), time("many/seed-8")]).toEqual(kept);
  expect(written()).toEqual(before);
  expect(JSON.parse(out)).toEqual({ version: 1, ...before });
});

describe("refuses", () => {
  test("a folder of another training, unless it is to be replaced", async () => {
    expect((await seeds(2, "--set", "train.epochs=1")).err).toContain("DIN0448");
    expect((await seeds(2, "--set", "train.epochs=1", "--force")).code).toBe(0);
  });

  test.each([
    [["--folds", "2"], "--seeds with --folds"],
    [["--each", "day"], "--seeds with --each"],
    [["--from", "many/seed-7"], "--seeds with --from"],
    [["--resume"], "--seeds with --resume"],
  ])("%j", async (more, said) => {
    expect(await seeds(2, ...more)).toMatchObject({ code: 2, err: expect.stringContaining(said) });
  });

  test("fewer than two, as a library too", async () => {
    expect((await seeds(1)).err).toContain("--seeds takes a whole number from 2 to 100");
    await expect(trainSeeds(at("model.din"), { seeds: 2.5, out: at("x") })).rejects.toThrow("whole number");
  });
});
