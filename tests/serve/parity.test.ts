// Generated code gives what the f64 reference gives, for every kind of model and request.

import { beforeAll, describe, expect, test } from "vitest";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import { byLabel, type Compiled, compiled, worstDifference } from "./compiled.ts";
import { specs } from "./specs.ts";

describe.each(Object.entries(specs))("%s", (_, spec) => {
  let subject: Compiled;
  let sampler: RequestSampler;
  beforeAll(async () => {
    subject = await compiled(spec);
    sampler = new RequestSampler(subject.trained.model, subject.trained.fitted, Random.of(3, "parity"));
  });

  test.each([
    ["no steps", () => 0],
    ["one step", () => 1],
    ["as many steps as count", (max: number) => max],
    ["more steps than count", (max: number) => max + 5],
  ])("%s, 1 to 200 candidates", (_, steps) => {
    for (const candidates of [1, 3, 200]) {
      const request = sampler.make({ candidates, steps, unseen: 0.1 });
      expect(worstDifference(subject, request)).toBeLessThan(1);
    }
  });

  test("nothing but unseen ids", () => {
    const request = sampler.make({ candidates: 5, steps: (max) => max, unseen: 1 });
    expect(worstDifference(subject, request)).toBeLessThan(1);
  });

  test("no candidates: no scores", () => {
    const request = sampler.make({ candidates: 0, steps: () => 2, unseen: 0 });
    for (const scores of byLabel(subject, subject.ranker.rank(request)).values())
      expect(scores).toEqual(new Float32Array(0));
  });

  test("requests leave nothing after for the next one", () => {
    const small = sampler.make({ candidates: 3, steps: () => 1, unseen: 0 });
    const large = sampler.make({ candidates: 120, steps: (max) => max, unseen: 0 });
    const before = byLabel(subject, subject.ranker.rank(small));
    subject.ranker.rank(large);
    expect(byLabel(subject, subject.ranker.rank(small))).toEqual(before);
  });

  test("a candidate's score depends on no other candidate, nor on its place", () => {
    const request = sampler.make({ candidates: 150, steps: (max) => max, unseen: 0 });
    const all = byLabel(subject, subject.ranker.logits(request));
    const reversed = byLabel(
      subject,
      subject.ranker.logits({ ...request, candidates: request.candidates.toReversed() }),
    );
    for (const [label, scores] of all) expect(reversed.get(label)!.toReversed()).toEqual(scores);
  });

  test("probabilities are the sigmoid of the logits", () => {
    const request = sampler.make({ candidates: 9, steps: () => 2, unseen: 0 });
    const logits = byLabel(subject, subject.ranker.logits(request));
    for (const [label, scores] of byLabel(subject, subject.ranker.rank(request)))
      for (const [i, score] of scores.entries())
        expect(score).toBeCloseTo(1 / (1 + Math.exp(-logits.get(label)![i]!)), 6);
  });

  test("the golden requests hold", () => {
    expect(subject.ranker.verify()).toBeLessThan(1e-4);
  });
});
