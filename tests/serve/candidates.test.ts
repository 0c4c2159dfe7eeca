// Modules of models whose candidates see one another: the scores of a request are those of the reference with its
// whole list, of any length that the model takes, in every form.

import { beforeAll, describe, expect, test } from "vitest";
import { RequestSampler } from "../../compiler/backends/golden/sample-requests.ts";
import { Random } from "../../compiler/common/random.ts";
import { type Compiled, compiled, type Scores } from "./compiled.ts";
import { listwise } from "./specs.ts";

let subject: Compiled;
beforeAll(async () => {
  subject = await compiled(listwise);
});

const requestOf = (candidates: number, seed: number) => {
  const { trained } = subject;
  const sampler = new RequestSampler(trained.model, trained.fitted, Random.of(seed, "lists"));
  return sampler.make({ candidates, steps: (max) => seed % (max + 1), unseen: 0.1 });
};

const labelsOf = (scores: Scores) => Object.entries(scores as Readonly<Record<string, Float32Array>>);

describe.each(["typescript", "simd", "auto"] as const)("in the form %s", (backend) => {
  test.each([1, 2, 3, 5, 11, 12])("%d candidates have the scores of the whole list", async (candidates) => {
    const { module, weights, reference } = subject;
    const ranker = await module.createRanker({ weights, backend, verify: true });
    if (backend !== "auto") expect(ranker.backend).toBe(backend);
    for (let seed = 0; seed < 7; seed++) {
      const request = requestOf(candidates, seed);
      const expected = reference(request);
      for (const [label, logits] of labelsOf(ranker.logits(request))) {
        expect(logits).toHaveLength(candidates);
        for (const [i, logit] of logits.entries())
          expect(Math.abs(logit - expected.get(label)![i]!)).toBeLessThan(2e-5 * (1 + Math.abs(logit)));
      }
      const session = ranker.user(request);
      expect(session.logits(request.candidates)).toEqual(ranker.logits(request));
      expect(session.logits({ columns: ranker.encodeCandidates(request.candidates) })).toEqual(
        ranker.logits(request),
      );
      const { click } = ranker.logits(request) as Readonly<Record<string, Float32Array>>;
      const [best] = ranker.topK(request, 1, "click");
      expect(click![best!.index]).toBe(Math.max(...click!));
    }
  });

  test("no candidates have no scores, and more than the model takes are refused", async () => {
    const { module, weights } = subject;
    const ranker = await module.createRanker({ weights, backend });
    const before = ranker.logits(requestOf(12, 3));
    expect(labelsOf(ranker.rank(requestOf(0, 3))).map(([, scores]) => scores.length)).toEqual([0, 0]);
    const request = requestOf(12, 3);
    const larger = { ...request, candidates: [...request.candidates, request.candidates[0]!] };
    expect(() => ranker.rank(larger)).toThrow(
      "candidates must be at most 12, because the model scores them together",
    );
    expect(ranker.logits(request)).toEqual(before);
  });
});

test("explains the attention to the history, whatever else a score depends on", async () => {
  const { ranker } = subject;
  const request = requestOf(12, 4);
  const [attention] = ranker.explain(request);
  expect(attention).toMatchObject({ history: "clicks" });
  expect(attention!.weights).toHaveLength(12);
});
