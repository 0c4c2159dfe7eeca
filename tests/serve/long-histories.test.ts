// Models of the zoo, with one layer, and the longest histories whose steps may be paired: they train, are compiled, and give a row the same score
// everywhere. No memory of a request grows with the number of pairs.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { machines } from "../../compiler/backends/code/machine.ts";
import { rankingCode } from "../../compiler/backends/code/program.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import { rankingProgram } from "../../compiler/middle/programs/ranking.ts";
import { wholeWay } from "../support/whole-way.ts";
import { compiledFrom, trainedOf } from "./compiled.ts";

/** With the candidate, HSTU and TransAct have one step more. */
const LONGEST = 2047;

function zooOf(name: string, steps: number): string {
  return (
    readFileSync(`examples/zoo/${name}.din`, "utf8")
      .replace("max: 20", `max: ${steps}`)
      // A second layer would take the same time again.
      .replace("fold(1..2,", "fold(1..1,")
      .replace("most: 21", `most: ${steps + 1}`)
  );
}

/** Rows with histories of these lengths. */
function rowsOf(lengths: readonly number[]): string {
  const random = Random.of(1, "long histories");
  const one = (name: string, of: number) => `${name}${random.integer(of)}`;
  const rows = lengths.map((steps, i) => ({
    ...{ user_id: "u", gender: "M", age: 30, occupation: "o", item_id: one("i", 50), genre: one("g", 5) },
    hist_item_id: Array.from({ length: steps }, () => one("i", 50)),
    hist_genre: Array.from({ length: steps }, () => one("g", 5)),
    like: i % 2,
  }));
  return JSON.stringify(rows);
}

test.each(["hstu", "sasrec", "transact"])("%s scores rows as it trained on them", async (name) => {
  const { comparison } = await wholeWay(zooOf(name, LONGEST), { "train.json": rowsOf([LONGEST, 2]) });
  expect(comparison).toMatchObject({ rows: 2, beyondTolerance: 0 });
});

test("WebAssembly sums pairs as TypeScript does, which goes through them with ordinary kernels", async () => {
  const { trained, module, weights, ranker } = await compiledFrom(trainedOf(zooOf("hstu", 600)));
  const typescript = await module.createRanker({ weights, backend: "typescript" });
  expect(ranker.backend).not.toBe(typescript.backend);
  const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(2, "long histories"));
  const request = sampler.make({ candidates: 3, steps: (max) => max, unseen: 0.1 });
  const [scores, expected] = [ranker, typescript].map((each) => [...(each.logits(request) as Float32Array)]);
  for (const [i, score] of scores!.entries()) expect(score).toBeCloseTo(expected![i]!, 5);
});

test("twice as many steps take twice as much memory", () => {
  const [half, all] = [1023, LONGEST].map((steps) => {
    const { model, predict } = trainedOf(zooOf("hstu", steps));
    return rankingCode(rankingProgram(model, predict), () => steps, "exact", machines.wasm)!.arena.pages;
  });
  expect(all! / half!).toBeLessThan(2.1);
});
