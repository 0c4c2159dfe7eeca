// The same generated modules, unmodified, in every version of Node that is promised: the golden requests of
// all models of the zoo, and of one in 16-bit integers, pass, and the `simd` form gives the same bits
// everywhere. They are in scores.json: `npm run generate` writes it where scores are meant to have changed.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Mode } from "../../../compiler/backends/contract/emit-options.ts";
import { emittedBy } from "../../support/emitted.ts";
import { majors, nodeOf } from "../../support/node-versions.ts";
import { specFiles } from "../../support/spec-files.ts";
import { trainedOf } from "../compiled.ts";
import { zoo } from "./zoo.ts";

const run = promisify(execFile);
const script = join(import.meta.dirname, "hash-scores.mjs");
const committed = join(import.meta.dirname, "scores.json");

interface Report {
  readonly node: string;
  readonly models: Readonly<Record<string, { backend: string; simd: string; hash: string }>>;
}

/** Models without products of matrices, so without multiply-adds. */
const withoutProducts = new Set(["lr", "fm", "ffm", "lorentz_fm", "bpr"]);

/** What computes where there are multiply-adds. */
const backends = { 20: "simd", 22: "relaxed-simd", 24: "relaxed-simd" } as const;

const wide = specFiles("tests/bench/rank").find(([path]) => path.endsWith("/din.din"))![1];
const subjects: readonly (readonly [name: string, spec: string, mode: Mode])[] = [
  ...zoo.map(([name, spec]) => [name, spec, "exact"] as const),
  ["wide din, fast", wide, "fast"],
];

let folder: string;
/** By model, the most candidates of a request that it scores together. */
const most: Record<string, number> = {};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dinc-same-bits-"));
  for (const [name, spec, mode] of subjects) {
    const trained = trainedOf(spec);
    if (trained.model.requests !== null) most[name] = trained.model.requests.max;
    const { files } = await emittedBy("ts", trained, { mode });
    await mkdir(join(folder, name));
    for (const file of ["model.js", "model.weights.bin", "model.golden.json", "package.json"])
      await writeFile(join(folder, name, file), files.get(file)!);
  }
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(majors)("Node %s", (major) => {
  test("passes the golden requests, and gives the bits that all give", async () => {
    const { stdout } = await run(await nodeOf(major), [script, folder, JSON.stringify(most)], {
      maxBuffer: 2 ** 24,
    });
    const { node, models } = JSON.parse(stdout) as Report;
    expect(node).toMatch(new RegExp(`^v${major}\\.`));
    const hashes = Object.fromEntries(Object.entries(models).map(([name, { hash }]) => [name, hash]));
    expect(Object.keys(hashes).sort()).toEqual(subjects.map(([name]) => name).sort());
    for (const [name, { backend, simd }] of Object.entries(models))
      expect([name, backend, simd]).toEqual([
        name,
        withoutProducts.has(name) ? "simd" : backends[major],
        "simd",
      ]);
    if (process.env["UPDATE"] === "1" && major === majors[0])
      await writeFile(committed, `${JSON.stringify(hashes, null, 2)}\n`);
    expect(hashes).toEqual(JSON.parse(await readFile(committed, "utf8")));
  }, 300_000);
});
