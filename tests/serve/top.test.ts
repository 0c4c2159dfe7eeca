// The best candidates: those that putting all in order would give.

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { topOf } from "../../compiler/serve/top.ts";
import { type Compiled, compiled } from "./compiled.ts";
import { specs } from "./specs.ts";

/** By logit from the largest, of equal ones by index. */
const inOrder = (logits: Float32Array) =>
  Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b);

describe("topOf", () => {
  test("gives the first k of all in order, whatever is equal", () => {
    // Few different numbers, so that many are equal.
    const logit = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.float({ noNaN: true, min: -99, max: 99 }));
    fc.assert(
      fc.property(fc.array(logit, { maxLength: 60 }), fc.nat(70), (given, k) => {
        const logits = Float32Array.from(given);
        expect(topOf(logits, k).map(({ index }) => index)).toEqual(inOrder(logits).slice(0, k));
      }),
      { numRuns: 1000 },
    );
  });

  test("gives probabilities, and tells apart what has the same one", () => {
    const logits = Float32Array.of(40, 60, 0, 50);
    expect(topOf(logits, 4)).toEqual([
      { index: 1, score: 1 },
      { index: 3, score: 1 },
      { index: 0, score: 1 },
      { index: 2, score: 0.5 },
    ]);
  });

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "3", undefined])("%s is no k", (k) => {
    expect(() => topOf(Float32Array.of(1), k as number)).toThrow(
      expect.objectContaining({ name: "RankerInputError", field: "k" }),
    );
  });
});

describe("topK", () => {
  let din: Compiled;
  let tasks: Compiled;
  beforeAll(async () => {
    din = await compiled(specs.din);
    tasks = await compiled(specs["several labels"]);
  });

  test("names the candidates whose scores are the largest, of a request and of a session", () => {
    const user = { user: { user_id: 7, gender: "f" }, context: { hour: 3 }, history: { clicks: [] } };
    const candidates = Array.from({ length: 300 }, (_, i) => ({ item_id: i % 90, cate_id: i % 7, price: i }));
    const scores = din.ranker.rank({ ...user, candidates }) as Float32Array;
    const top = din.ranker.topK({ ...user, candidates }, 10);
    expect(top.map(({ index }) => index)).toEqual(
      inOrder(din.ranker.logits({ ...user, candidates }) as Float32Array).slice(0, 10),
    );
    for (const { index, score } of top) expect(score).toBe(scores[index]);
    expect(din.ranker.user(user).topK(candidates, 10)).toEqual(top);
    expect(din.ranker.topK({ ...user, candidates: candidates.slice(0, 3) }, 10)).toHaveLength(3);
    expect(din.ranker.topK({ ...user, candidates: [] }, 10)).toEqual([]);
  });

  test("with several labels goes by the one that is named", () => {
    const request = {
      user: { user_id: 1 },
      history: { clicks: [{ item_id: 2 }] },
      candidates: Array.from({ length: 40 }, (_, i) => ({ item_id: i, price: i })),
    };
    const logits = tasks.ranker.logits(request) as Readonly<Record<string, Float32Array>>;
    for (const label of ["click", "buy"])
      expect(tasks.ranker.topK(request, 40, label).map(({ index }) => index)).toEqual(
        inOrder(logits[label]!),
      );
    for (const label of [undefined, "clicks", "constructor"])
      expect(() => tasks.ranker.topK(request, 3, label)).toThrow('label must be one of "click", "buy"');
  });
});
