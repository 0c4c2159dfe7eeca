// Patches of a chain of runs: from files, folders and runs, on the command line and in a pool that serves.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { applyPatches, diffWeights } from "../../runtime/driver/weights.ts";
import { runHere } from "../cli/run-here.ts";
import { Shop } from "./shop.ts";

interface Pool {
  readonly about: { readonly run: string };
  logits(request: unknown): Promise<Float32Array>;
  patch(patch: Uint8Array): Promise<unknown>;
  close(): Promise<void>;
}

const shop = new Shop();
const dinc = (command: string) => runHere(command.split(" "), { cwd: shop.folder });
const read = (name: string) => readFileSync(shop.at(name));

beforeAll(async () => {
  const backend = "wasm";
  await shop.train("monday", 0, { backend });
  await shop.train("tuesday", 1, { backend, from: "monday" });
  await shop.train("wednesday", 2, { backend, from: "tuesday" });
  for (const run of ["monday", "tuesday", "wednesday"])
    expect((await dinc(`compile ${run} --out ${run}-ranker`)).code).toBe(0);
  for (const [from, to] of [
    ["monday", "tuesday"],
    ["tuesday", "wednesday"],
  ])
    await diffWeights(shop.at(`${from}-ranker`), shop.at(`${to}-ranker`), {
      out: shop.at(`${to}.dincpatch`),
    });
});

test("the patch of two runs is that of their compiled folders", async () => {
  const { code, err } = await dinc("weights diff monday tuesday --out again.dincpatch");
  expect([code, err]).toEqual([0, expect.stringMatching(/table\.item_id +\d+ of \d+ numbers/)]);
  expect(err).toMatch(
    /again\.dincpatch leads from run \w{16} \(\w{12}\) to run \w{16} \(\w{12}\): [\d,]+ bytes, 0\.\d{3} of the file\.\n$/,
  );
  expect(read("again.dincpatch")).toEqual(read("tuesday.dincpatch"));
});

test("patches are applied in their order, also in place", async () => {
  const { code, err } = await dinc(
    "weights apply monday-ranker tuesday.dincpatch wednesday.dincpatch --out wednesday.bin",
  );
  expect([code, err]).toEqual([0, expect.stringMatching(/^wednesday\.bin has the weights of run \w{16}/)]);
  expect(read("wednesday.bin")).toEqual(read("wednesday-ranker/model.weights.bin"));
  const { bytes } = await applyPatches(shop.at("monday-ranker"), [], { out: shop.at("served.bin") });
  expect(Buffer.from(bytes)).toEqual(read("monday-ranker/model.weights.bin"));
  expect((await dinc("weights apply served.bin tuesday.dincpatch --out served.bin")).code).toBe(0);
  expect(read("served.bin")).toEqual(read("tuesday-ranker/model.weights.bin"));
});

test("16-bit deltas are said, and smaller", async () => {
  const { err } = await dinc("weights diff monday tuesday --deltas 16-bit --out near.dincpatch");
  expect(err).toContain("Its deltas have 16 bits, so it leads near tuesday, not to its bits.");
  expect(read("near.dincpatch").length).toBeLessThan(read("tuesday.dincpatch").length);
});

test.each([
  [
    "weights apply monday-ranker wednesday.dincpatch --out x",
    "wednesday.dincpatch cannot be used: the patch leads from run",
  ],
  [
    "weights apply tuesday-ranker tuesday.dincpatch --out x",
    "tuesday.dincpatch cannot be used: the patch was applied before",
  ],
  ["weights apply monday-ranker day0.csv --out x", "day0.csv cannot be used: these bytes are not a patch"],
  ["weights apply monday-ranker none --out x", "none cannot be used: there is no such file"],
  [
    "weights apply day0.csv tuesday.dincpatch --out x",
    "day0.csv cannot be used: these bytes are not a weights file of dinc",
  ],
  [
    "weights diff . monday --out x",
    ". cannot be used: it is neither a run nor the folder of a compiled model",
  ],
  [
    "weights diff monday-ranker tuesday.dincpatch --out x",
    "tuesday.dincpatch cannot be used: these bytes are not a weights file",
  ],
])("%s is refused", async (command, reason) => {
  const { code, err } = await dinc(command);
  expect([code, err]).toEqual([1, expect.stringContaining(`error[DIN0867 patch-refused]: ${reason}`)]);
  expect(() => read("x")).toThrow("ENOENT");
});

test("a pool takes a patch, and gives the scores of the run that it leads to", async () => {
  const { createPool } = (await import(
    /* @vite-ignore */ pathToFileURL(shop.at("monday-ranker/model.pool.js")).href
  )) as { createPool: (options: object) => Promise<Pool> };
  const { RankerWeightsError } = (await import(
    /* @vite-ignore */ pathToFileURL(shop.at("monday-ranker/model.js")).href
  )) as { RankerWeightsError: new () => Error };
  const pool = await createPool({ weights: read("monday-ranker/model.weights.bin"), threads: 1 });
  await expect(pool.patch(read("wednesday.dincpatch"))).rejects.toThrow(RankerWeightsError);
  const monday = pool.about.run;
  // One after the other.
  await Promise.all([pool.patch(read("tuesday.dincpatch")), pool.patch(read("wednesday.dincpatch"))]);
  expect(pool.about.run).not.toBe(monday);
  const { requests } = JSON.parse(read("wednesday-ranker/model.golden.json").toString()) as {
    requests: { request: unknown; logits: [string, number[]][] }[];
  };
  for (const { request, logits } of requests) {
    const found = await pool.logits(request);
    for (const [i, logit] of logits[0]![1].entries()) expect(found[i]).toBeCloseTo(logit, 4);
  }
  await pool.close();
});
