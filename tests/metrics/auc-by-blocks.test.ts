// The AUC of resamples in WebAssembly: the values of the plain one to the last bit.

import fc from "fast-check";
import { expect, test } from "vitest";
import { resampledAuc } from "../../compiler/middle/metrics/auc.metric.ts";
import { rowsByScore } from "../../compiler/middle/metrics/radix-sort.ts";
import { LANES, type Units } from "../../compiler/middle/metrics/resampling.ts";
import { aucByBlocks } from "../../compiler/train/metrics/auc-by-blocks.ts";

/** Rows of some users; few different scores have many ties. */
const drawnRows = fc.record({
  rows: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 250, max: 1100 })),
  users: fc.integer({ min: 1, max: 60 }),
  scores: fc.constantFrom(1, 3, 100, 1e6),
  most: fc.constantFrom(1, 5, 255),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

test("the AUC of resamples in WebAssembly has the bits of the plain one", () => {
  let exactly = 0;
  fc.assert(
    fc.property(drawnRows, ({ rows, users, scores, most, seed }) => {
      let state = seed;
      const next = (below: number) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32) * below);
      };
      const logits = Float32Array.from({ length: rows }, () => next(scores));
      const labels = Float32Array.from({ length: rows }, () => next(2));
      const units: Units = { count: users, of: Uint32Array.from({ length: rows }, () => next(users)) };
      const weights = Uint8Array.from({ length: LANES * users }, () => next(most + 1));
      const scored = { logits, labels, weights: null, order: rowsByScore(logits) };
      const [plain, faster] = [new Float64Array(LANES), new Float64Array(LANES)];
      resampledAuc(scored, units)(weights, plain);
      const fasterAuc: Units["fasterAuc"] = (ranked, count, exact) =>
        aucByBlocks(ranked, count, (...given) => {
          exactly += 1;
          exact(...given);
        });
      const estimator = resampledAuc(scored, { ...units, fasterAuc });
      // A second call begins anew.
      for (let call = 0; call < 2; call++) {
        estimator(weights, faster);
        expect(faster).toEqual(plain);
      }
    }),
    { numRuns: 150 },
  );
  // Only users who are drawn very often take the plain way.
  expect(exactly).toBeGreaterThan(0);
  expect(exactly).toBeLessThan(150);
});
