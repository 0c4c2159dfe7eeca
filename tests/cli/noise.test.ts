// `--noise FOLDER` of diff, ablate and tune: which differences are within the noise of seeds that `dinc train --seeds` measured.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { differenceOf, noiseOf, readSeedNoise } from "../../runtime/driver/seed-noise.ts";
import type { Ablated, ComparedRuns, TunedStudy } from "../../runtime/index.ts";
import { expectSuccess, runHere } from "./run-here.ts";

const spec = `model tiny
param units = 4
features user { user_id : id }
features item { item_id : id  embed 4  price : number }
label click : binary
net { predict click = concat(item_id, price) |> dense(units, relu) |> dense(1) |> sigmoid }
train { optimizer adam(0.02)  batch 16  epochs 2  seed 7  metrics auc, log_loss }
`;

let folder = "";
const at = (...parts: string[]) => join(folder, ...parts);
const dinc = async (...args: string[]) => {
  const { code, out, err } = await runHere(args, { cwd: folder });
  return { code, out, err };
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dinc-noise-"));
  writeFileSync(at("model.din"), spec);
  const rows = (count: number) =>
    Array.from(
      { length: count },
      (_, row) => `u${row % 30},i${(row * 7) % 10},${row % 4},${((row * 7) % 10) + (row % 3) > 6 ? 1 : 0}`,
    );
  for (const [name, count] of [
    ["rows.csv", 200],
    ["fewer.csv", 120],
  ] as const)
    writeFileSync(at(name), `user_id,item_id,price,click\n${rows(count).join("\n")}\n`);
  writeFileSync(
    at("dinc.yaml"),
    "spec: model.din\ndata:\n  train: rows.csv\n  validate: { share: 0.3, by: user_id }\n",
  );
  const train = ["train", "--backend", "wasm"];
  expectSuccess(await dinc(...train, "--seeds", "3", "--out", "seeds"));
  expectSuccess(await dinc(...train, "--set", "data.train=fewer.csv", "--seeds", "2", "--out", "others"));
  expectSuccess(await dinc(...train, "--param", "units=8", "--out", "wide"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a difference of two trainings", () => {
  /** The chance that Student's variable lies within ± `limit`, by Simpson's rule. */
  function within(limit: number, freedom: number): number {
    const density = (t: number) => (1 + (t * t) / freedom) ** (-(freedom + 1) / 2);
    const area = (to: number, steps: number) => {
      let sum = density(0) + density(to);
      for (let i = 1; i < steps; i++) sum += (i % 2 === 0 ? 2 : 4) * density((to * i) / steps);
      return (sum * to) / steps / 3;
    };
    // Beyond 2,000 lies less than .0004 of one degree of freedom, and nothing of others.
    return area(limit, 2_000) / area(2_000, 400_000);
  }

  test.each([2, 3, 5, 11, 12, 20, 100])("of %i seeds is below the noise 19 times of 20", (seeds) => {
    // Values of deviation 1.
    const values = Array.from({ length: seeds }, (_, i) => i);
    const mean = (seeds - 1) / 2;
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (seeds - 1));
    const limit = differenceOf(values)! / Math.SQRT2 / deviation;
    expect(within(limit, seeds - 1)).toBeCloseTo(0.95, 3);
  });

  test("is unknown from one seed", () => {
    expect(differenceOf([0.7])).toBeNull();
  });

  test("of equal trainings has no noise", () => {
    expect(differenceOf([0.7, 0.7, 0.7])).toBeCloseTo(0, 12);
  });
});

describe("diff", () => {
  test("says for each metric whether the difference is within the noise", async () => {
    const { valid, seeds } = await readSeedNoise(at("seeds"), null);
    expect(seeds).toBe(3);
    const { code, out } = await dinc("diff", "seeds/seed-7", "wide", "--noise", "seeds", "--format", "json");
    expect(code).toBe(1);
    const { noise } = JSON.parse(out) as ComparedRuns;
    expect(noise).toMatchObject({ folder: "seeds", seeds: 3 });
    expect(noise!.metrics.map(({ metric }) => metric)).toEqual(["auc", "log_loss"]);
    for (const { metric, noise: measured } of noise!.metrics)
      expect(measured).toBe(noiseOf(valid, metric, "click"));
    const text = (await dinc("diff", "seeds/seed-7", "wide", "--noise", "seeds")).out;
    for (const { difference, noise: measured } of noise!.metrics)
      expect(text).toMatch(
        new RegExp(
          `± ${measured!.toFixed(5)}  ${Math.abs(difference) <= measured! ? "within" : "more than"} the noise of seeds`,
        ),
      );
  });

  test("says how to measure it", async () => {
    expect((await dinc("diff", "seeds/seed-7", "wide")).err).toContain("dinc train --seeds 5 --out FOLDER");
    expect((await dinc("diff", "wide", "wide")).err).not.toContain("--seeds");
  });

  test.each([
    ["others", "its runs have other rows"],
    ["wide", "it doesn't have two runs of a training with several seeds"],
    ["absent", "it doesn't have two runs of a training with several seeds"],
  ])("refuses %s", async (noise, reason) => {
    const { code, err } = await dinc("diff", "seeds/seed-7", "wide", "--noise", noise);
    expect(code).toBe(2);
    expect(err).toContain(
      `DIN0449 noise-unmeasured]: ${noise} does not measure the noise of seeds: ${reason}`,
    );
  });
});

test("ablate names parts whose loss is within the noise", async () => {
  const command = ["ablate", "--backend", "wasm", "--resamples", "0", "--out", "parts"];
  const { code, out, err } = await dinc(...command, "--noise", "seeds");
  expect([code, err.includes("Seeds alone move")]).toEqual([0, true]);
  const found = JSON.parse((await dinc(...command, "--noise", "seeds", "--format", "json")).out) as Ablated;
  const noise = noiseOf(found.noise!.valid, "auc", "click")!;
  const [{ parts }] = found.predictions as [Ablated["predictions"][number]];
  expect(parts.length).toBeGreaterThan(1);
  for (const { name, isNoise, differences } of parts) {
    expect(isNoise).toBe(Math.abs(differences.find(({ metric }) => metric === "auc")!.worse) <= noise);
    const line = out.split("\n").find((each) => each.trim().startsWith(name))!;
    expect(line.includes("within the noise of seeds")).toBe(isNoise);
  }
  expect((await dinc(...command)).err).toContain("isn't measured");
});

test("tune says how many trials are within the noise of the best", async () => {
  const command = [
    "tune",
    "--backend",
    "wasm",
    "--try",
    "units=choice(2, 4, 8)",
    "--trials",
    "3",
    "--parallel",
    "1",
    "--reduction",
    "1",
  ];
  const { code, err } = await dinc(...command, "--out", "search", "--noise", "seeds");
  expect(code).toBe(0);
  const near =
    /epochs, (1 of 2 other trials is|[02] of 2 other trials are) within the noise of seeds of the best \(± 0\.\d+ from 3 seeds/;
  expect(err).toMatch(near);
  const { err: alone } = await dinc(...command, "--trials", "1", "--out", "alone", "--noise", "seeds");
  expect(alone).toMatch(/No other trial had as many epochs; the noise of seeds is ± 0\.\d+ from 3 seeds/);
  const other = await dinc(
    ...command,
    "--out",
    "search",
    "--resume",
    "--noise",
    "others",
    "--format",
    "json",
  );
  expect((JSON.parse(other.out) as TunedStudy).noise).toMatchObject({ isOfOtherRows: true, noise: null });
  expect((await dinc(...command, "--out", "none")).err).toContain("isn't measured");
});
