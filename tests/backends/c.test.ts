// C that is printed from code gives the bits of WebAssembly: every call of a ranking program changes the memory in the same
// way. Each compiler of this machine compiles it, with and without optimisation.

import { describe, expect, test } from "vitest";
import type { Mode } from "../../compiler/backends/contract/emit-options.ts";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import { compiledFrom, trainedOf } from "../serve/compiled.ts";
import { compilerNames, differencesInC, recorded } from "../support/c-code.ts";
import { specFiles } from "../support/spec-files.ts";

const din = specFiles("tests/bench/rank").find(([path]) => path.endsWith("/din.din"))![1];

describe.skipIf(compilerNames.length === 0)("DIN in C has the bits of WebAssembly", () => {
  test.each<Mode>(["exact", "fast"])("%s", async (mode) => {
    const trained = trainedOf(din);
    const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(1, "requests in C"));
    const requests = [3, 40].map((candidates) =>
      sampler.make({ candidates, steps: (max) => Math.min(max, 17), unseen: 0.1 }),
    );
    const modules = await recorded(async () => {
      const { module, weights } = await compiledFrom(trained, { mode });
      const ranker = await module.createRanker({ weights, backend: "simd" });
      for (const request of requests) ranker.logits(request);
    });
    const last = modules.at(-1)!;
    const names = last.runs.flatMap(({ calls }) => calls.map(({ name }) => name));
    expect(names).toEqual(expect.arrayContaining(["request", "candidates"]));
    for (const name of compilerNames)
      for (const level of ["-O0", "-O2"])
        expect(differencesInC(last, { name, options: [level] })).toEqual([]);
  });
});
