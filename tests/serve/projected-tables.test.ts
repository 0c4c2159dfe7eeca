// `dinc compile --projected-tables`: modules score the same with and without, by WebAssembly and by TypeScript.

import { describe, expect, test } from "vitest";
import { sourceOf } from "../../compiler/backends/contract/trained-model.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import { sweep } from "../support/how-often.ts";
import { type Compiled, compiledFrom, trainedOf, worstDifference } from "./compiled.ts";
import { zoo } from "./wasm/zoo.ts";

const backends = ["auto", "simd", "typescript"] as const;
const deepfm = zoo.find(([name]) => name === "deepfm")![1];

const javascriptOf = ({ files }: Compiled) => files.get("model.js") as string;
/** Whether a module has tables to multiply. */
const projects = (compiled: Compiled) => javascriptOf(compiled).includes("function project(");
const requestOf = ({ trained }: Compiled) =>
  new RequestSampler(trained.model, trained.fitted, Random.of(3, "projected")).make({
    ...{ candidates: 300, unseen: 0.1 },
    steps: (max) => Math.min(max, 6),
  });

describe.each(sweep(zoo))("%s", (_, spec) => {
  test("scores the same, and nothing is projected in no memory", async () => {
    const trained = trainedOf(spec);
    const without = await compiledFrom(trained, { projectedTables: 0 });
    expect(projects(without)).toBe(false);
    const subject = await compiledFrom(trained);
    const request = requestOf(subject);
    for (const backend of backends) {
      const ranker = await subject.module.createRanker({ weights: subject.weights, backend, verify: true });
      expect(worstDifference({ ...subject, ranker }, request), backend).toBeLessThan(1);
    }
    expect(worstDifference(without, request)).toBeLessThan(1);
    expect(javascriptOf(without)).not.toContain("wasm.fill(");
  });
});

test("DeepFM's tables are projected as floats, not as bytes, halves or rows of a store", async () => {
  const trained = trainedOf(deepfm);
  const subject = await compiledFrom(trained);
  expect(projects(subject)).toBe(true);
  // Tables of candidates lie beside them, as they are.
  expect(javascriptOf(subject)).toMatch(/wasm\.place\(\d+, w\.t\d+, w\.t\d+\.length, 0, 0, 0\);/);
  for (const tables of ["f16", "i8"] as const)
    expect(projects(await compiledFrom(trained, { tables }))).toBe(false);
  const stored = ["item_id", "genre"];
  const sources = Object.fromEntries(stored.map((name) => [name, sourceOf(trained.tables.get(name)!)]));
  const compiled = await compiledFrom(trained, { withoutTable: stored }, sources);
  expect(projects(compiled)).toBe(false);
  expect(worstDifference(compiled, requestOf(compiled))).toBeLessThan(1);
});

test("other weights, of a larger vocabulary too, have projected tables of their own", async () => {
  const first = await compiledFrom(trainedOf(deepfm, 1, 40));
  const second = await compiledFrom(trainedOf(deepfm, 2, 900));
  expect(javascriptOf(second)).toBe(javascriptOf(first));
  for (const backend of backends) {
    const old = await first.module.createRanker({ weights: first.weights, backend });
    const ranker = await first.module.createRanker({ weights: second.weights, backend });
    expect(worstDifference({ ...second, ranker }, requestOf(second))).toBeLessThan(1);
    expect(worstDifference({ ...first, ranker: old }, requestOf(first))).toBeLessThan(1);
  }
});
