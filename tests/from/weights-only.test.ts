// One module for a chain of runs: new ids and scales come with the weights, and what needs other code is
// refused and says why.

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import type { WeightsHeader } from "../../compiler/serve/weights.ts";
import { compile } from "../../runtime/driver/compile.ts";
import { explainFrom } from "../../runtime/driver/explain-from.ts";
import { servingOfRuns } from "../../runtime/driver/serving.ts";
import { runHere } from "../cli/run-here.ts";
import type { Ranker } from "../serve/compiled.ts";
import { Shop, SPEC } from "./shop.ts";

interface Pool {
  readonly about: { readonly run: string };
  logits(request: unknown): Promise<Float32Array>;
  replace(weights: Uint8Array): Promise<unknown>;
  close(): Promise<void>;
}

const shop = new Shop();
const dinc = (command: string) => runHere(command.split(" "), { cwd: shop.folder });
const read = (name: string) => readFileSync(shop.at(name));
const filesOf = (folder: string) =>
  new Map(readdirSync(shop.at(folder)).map((name) => [name, read(`${folder}/${name}`).toString("latin1")]));
const load = async <T>(name: string) =>
  (await import(/* @vite-ignore */ pathToFileURL(shop.at(name)).href)) as T;
const golden = (folder: string) =>
  (JSON.parse(read(`${folder}/model.golden.json`).toString()) as { requests: WeightsHeader["golden"] })
    .requests;

beforeAll(async () => {
  const backend = "wasm";
  await shop.train("monday", 0, { backend });
  await shop.train("tuesday", 1, { backend, from: "monday" });
  shop.write("wider.din", SPEC.replace("dense(8, dice)", "dense(9, dice)"));
  shop.write("other.din", SPEC.replace('enum("top", "low")', 'enum("top", "low", "none")'));
  shop.write("told.din", SPEC.replace("  shelf ", "  /// Where it stands.\n  shelf "));
  await shop.train("wider", 1, { backend }, "wider.din");
  await shop.train("other", 1, { backend }, "other.din");
  await shop.train("told", 1, { backend }, "told.din");
  expect((await dinc("compile monday --out module")).code).toBe(0);
  expect((await dinc("compile tuesday --out fresh")).code).toBe(0);
});

test("the pool of Monday's module takes Tuesday's weights, with new ids, and gives Tuesday's golden scores", async () => {
  const { createPool } = await load<{ createPool: (options: object) => Promise<Pool> }>(
    "module/model.pool.js",
  );
  const pool = await createPool({ weights: read("module/model.weights.bin"), threads: 1, stats: true });
  const before = filesOf("module");
  const { code, err } = await dinc("compile tuesday --weights-only --out module");
  expect([code, err]).toEqual([0, expect.stringContaining("module has the weights of tuesday (")]);
  const after = filesOf("module");
  expect([...after.keys()]).toEqual([...before.keys()]);
  const changed = [...after].filter(([name, text]) => before.get(name) !== text).map(([name]) => name);
  expect(changed.sort()).toEqual(["model.golden.json", "model.weights.bin", "package.json"]);
  for (const name of changed) expect(after.get(name)).toBe(filesOf("fresh").get(name));
  await pool.replace(read("module/model.weights.bin"));
  expect(pool.about).toMatchObject(JSON.parse(`{ "run": "${runOf("fresh")}" }`));
  expect(golden("module").length).toBeGreaterThan(3);
  for (const { request, logits } of golden("module")) {
    const found = await pool.logits(request);
    for (const [i, logit] of logits[0]![1].entries()) expect(found[i]).toBeCloseTo(logit, 4);
  }
  await pool.close();
});

/** The run that a folder's weights are from. */
function runOf(folder: string): string {
  const { version } = JSON.parse(read(`${folder}/package.json`).toString()) as { version: string };
  return version.replace("0.0.0-run-", "");
}

test("the options are those of the module, also for tables in a store", async () => {
  const options = "--tables i8 --without-table user_id --mode exact --projected-tables 0";
  expect((await dinc(`compile monday --out small ${options}`)).code).toBe(0);
  expect((await dinc(`compile tuesday --out fresh-small ${options}`)).code).toBe(0);
  expect((await dinc("compile tuesday --weights-only --out small")).code).toBe(0);
  for (const name of ["model.weights.bin", "table.user_id.bin", "model.golden.json"])
    expect(filesOf("small").get(name)).toBe(filesOf("fresh-small").get(name));
});

describe("what needs other code", () => {
  test.each([
    ["wider", "the network differs"],
    ["other", "requests contain other values or encode them differently"],
    ["told", "the documentation of features differs, and the module contains it"],
  ])("%s is refused: %s", async (run, why) => {
    const before = filesOf("fresh");
    const { code, err } = await dinc(`compile ${run} --weights-only --out fresh`);
    expect([code, err]).toEqual([1, expect.stringContaining(`cannot use the weights of ${run}: ${why}`)]);
    expect(err).toContain("DIN0608");
    expect(filesOf("fresh")).toEqual(before);
    expect(await servingOfRuns(shop.at("tuesday"), shop.at(run))).toEqual({
      servesOn: false,
      why: [why],
    });
    expect((await dinc(`diff tuesday ${run}`)).out).toContain(
      `module: b needs a newly compiled one, because ${why}\n`,
    );
  });

  test("a calibration of one run alone is refused, and told", async () => {
    await shop.train("calibrated", 2, { backend: "wasm" });
    expect((await dinc("calibrate calibrated --data day1.csv")).code).toBe(0);
    const { err } = await dinc("compile calibrated --weights-only --out fresh");
    expect(err).toMatch(/: the calibration differs: none before, \w+ now\n/);
    expect((await dinc("compile calibrated --uncalibrated --weights-only --out fresh")).code).toBe(0);
    expect((await dinc("compile tuesday --weights-only --out fresh")).code).toBe(0);
  });

  test("training on with another network says beforehand that the module must be compiled anew", async () => {
    const asked = { from: shop.at("monday"), config: shop.write("day1.yaml", "data: { train: day1.csv }\n") };
    expect((await explainFrom(shop.at("model.din"), asked)).serving).toEqual({ servesOn: true, why: [] });
    const { serving } = await explainFrom(shop.at("wider.din"), asked);
    expect(serving).toEqual({ servesOn: false, why: ["the network differs"] });
  });
});

describe("where no module is", () => {
  test.each([
    ["nothing", () => {}, "there is no such folder"],
    ["bare", () => mkdirSync(shop.at("bare")), "it has no package.json"],
    [
      "of-yours",
      () => shop.write("package.json", '{ "name": "mine" }'),
      "its package.json does not record how a module was compiled",
    ],
  ])("%s is refused", async (folder, make, reason) => {
    make();
    const { code, err } = await dinc(
      `compile tuesday --weights-only --out ${folder === "of-yours" ? "." : folder}`,
    );
    expect([code, err]).toEqual([1, expect.stringContaining(reason)]);
    expect(err).toContain("DIN0607");
  });

  test("a run that is not there is missed as a run", async () => {
    const { code, err } = await dinc("compile wednesday --weights-only --out module");
    expect([code, err]).toEqual([1, expect.stringContaining("wednesday")]);
    expect(err).not.toContain("spec");
  });

  test("a module that was damaged takes no weights", async () => {
    expect((await dinc("compile monday --out damaged")).code).toBe(0);
    writeFileSync(shop.at("damaged/model.js"), "throw new Error('cut short');\n");
    const weights = statSync(shop.at("damaged/model.weights.bin")).mtimeMs;
    const { err } = await dinc("compile tuesday --weights-only --out damaged");
    expect(err).toMatch(/DIN0607.*: model\.js cannot be loaded: cut short/);
    expect(statSync(shop.at("damaged/model.weights.bin")).mtimeMs).toBe(weights);
  });

  test.each([
    ["compile tuesday --weights-only", "compile writes a folder: name it with --out"],
    [
      "compile tuesday --weights-only --target onnx --out module",
      "whose weights are a separate file: compile --target onnx again",
    ],
    ["compile tuesday --weights-only --target torchrec --out module", "a package that trains has no weights"],
    ["compile model.din --weights-only --out module", "--weights-only takes a run folder, not a spec"],
    [
      "compile tuesday --weights-only --tables f16 --out module",
      "--weights-only takes the options that the module",
    ],
    ["compile tuesday --weights-only --force --out module", "--weights-only replaces no other files"],
  ])("%s: %s", async (command, said) => {
    const { code, err } = await dinc(command);
    expect([code, err]).toEqual([2, expect.stringContaining(said)]);
  });
});

test("as a library: the files that were written", async () => {
  await compile(shop.at("monday"), { out: shop.at("library") });
  const { files } = await compile(shop.at("tuesday"), { out: shop.at("library"), weightsOnly: true });
  expect([...files.keys()]).toEqual(["model.golden.json", "package.json", "model.weights.bin"]);
  const { createRanker } = await load<{ createRanker: (options: object) => Promise<Ranker> }>(
    "library/model.js",
  );
  const ranker = await createRanker({ weights: files.get("model.weights.bin"), verify: true });
  expect(ranker.about.run).toBe(runOf("fresh"));
});
