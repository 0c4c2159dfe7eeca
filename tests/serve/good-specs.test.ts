// Every correct spec of tests/good compiles to a module that scores as the reference does.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import { sweep } from "../support/how-often.ts";
import { compiled, worstDifference } from "./compiled.ts";

const folder = join(import.meta.dirname, "../good");
const files = readdirSync(folder).filter((name) => name.endsWith(".din"));

describe("specs of tests/good", () => {
  test.each(sweep(files))("%s", async (name) => {
    const subject = await compiled(readFileSync(join(folder, name), "utf8"));
    const sampler = new RequestSampler(subject.trained.model, subject.trained.fitted, Random.of(2, name));
    for (const candidates of [1, 60])
      for (const steps of [() => 0, () => 1, (max: number) => max + 5]) {
        const request = sampler.make({ candidates, steps, unseen: 0.1 });
        expect(worstDifference(subject, request)).toBeLessThan(1);
      }
    expect(subject.ranker.verify()).toBeLessThan(1e-3);
  });
});
