// The metrics against their definitions over all pairs, with ties.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { GaucWeighting } from "../../compiler/model/model.ts";
import { auc } from "../../runtime/train/metrics/auc.ts";
import { evaluate } from "../../runtime/train/metrics/evaluate.ts";
import { groupedAuc } from "../../runtime/train/metrics/gauc.ts";
import { logLoss } from "../../runtime/train/metrics/log-loss.ts";

interface Row {
  readonly score: number;
  readonly label: number;
  readonly group: number;
}

// Few distinct scores, so that ties are the rule.
const rows = fc.array(
  fc.record({
    score: fc.integer({ min: -3, max: 3 }),
    label: fc.integer({ min: 0, max: 1 }),
    group: fc.integer({ min: 0, max: 4 }),
  }),
  { minLength: 1, maxLength: 60 },
);
const scoresOf = (data: readonly Row[]) => Float32Array.from(data, (row) => row.score / 4);
const labelsOf = (data: readonly Row[]) => Float32Array.from(data, (row) => row.label);

/** The definition: right pairs plus half the ties, over all (positive, negative) pairs. */
function pairwise(data: readonly Row[]): number {
  let right = 0;
  let pairs = 0;
  for (const positive of data.filter((row) => row.label === 1))
    for (const negative of data.filter((row) => row.label === 0)) {
      pairs += 1;
      right += positive.score > negative.score ? 1 : positive.score === negative.score ? 0.5 : 0;
    }
  return pairs === 0 ? Number.NaN : right / pairs;
}

test("AUC is the share of pairs in the right order, ties counting one half", () => {
  fc.assert(
    fc.property(rows, (data) => {
      const expected = pairwise(data);
      const actual = auc(scoresOf(data), labelsOf(data));
      if (Number.isNaN(expected)) expect(actual).toBeNaN();
      else expect(actual).toBeCloseTo(expected, 12);
    }),
  );
});

test("AUC of scores that are not numbers is not a number", () => {
  expect(auc(Float32Array.of(Number.NaN, 1, 2), Float32Array.of(1, 0, 1))).toBeNaN();
});

describe("GAUC", () => {
  test.each<GaucWeighting>(["impressions", "clicks", "none"])(
    "weighted by %s is the weighted mean of users' AUC",
    (weighting) => {
      fc.assert(
        fc.property(rows, (data) => {
          let sum = 0;
          let weights = 0;
          let skipped = 0;
          const users = [...new Set(data.map((row) => row.group))];
          for (const user of users) {
            const own = data.filter((row) => row.group === user);
            const value = pairwise(own);
            if (Number.isNaN(value)) {
              skipped += 1;
              continue;
            }
            const clicks = own.filter((row) => row.label === 1).length;
            const weight = { impressions: own.length, clicks, none: 1 }[weighting];
            sum += weight * value;
            weights += weight;
          }
          const actual = groupedAuc(
            scoresOf(data),
            labelsOf(data),
            Int32Array.from(data, (row) => row.group),
            weighting,
          );
          expect(actual).toMatchObject({ groups: users.length, skipped });
          if (weights === 0) expect(actual.value).toBeNaN();
          else expect(actual.value).toBeCloseTo(sum / weights, 12);
        }),
      );
    },
  );
});

describe("log loss", () => {
  test("is the mean of −log of the label's probability", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.float({ min: -8, max: 8, noNaN: true }), fc.boolean()), { minLength: 1 }),
        (data) => {
          const expected =
            data.reduce(
              (sum, [logit, label]) => sum - Math.log(1 / (1 + Math.exp(label ? -logit : logit))),
              0,
            ) / data.length;
          const actual = logLoss(
            Float32Array.from(data, ([logit]) => logit),
            Float32Array.from(data, ([, label]) => (label ? 1 : 0)),
          );
          expect(actual).toBeCloseTo(expected, 9);
        },
      ),
    );
  });

  test("grows linearly for confident mistakes instead of overflowing", () => {
    expect(logLoss(Float32Array.of(800), Float32Array.of(0))).toBe(800);
    expect(logLoss(Float32Array.of(Number.POSITIVE_INFINITY, -800), Float32Array.of(1, 0))).toBe(0);
    expect(logLoss(Float32Array.of(Number.NEGATIVE_INFINITY), Float32Array.of(1))).toBe(1e4);
  });
});

test("the spec's metrics come out by name, with the groups that GAUC skipped", () => {
  const metrics = evaluate(
    [{ kind: "auc" }, { kind: "gauc", by: "user_id", weight: "impressions" }, { kind: "log_loss" }],
    Float32Array.of(1, -1, 0.5, 0.5),
    Float32Array.of(1, 0, 1, 1),
    new Map([["user_id", Int32Array.of(0, 0, 1, 1)]]),
  );
  expect(metrics.values).toMatchObject({ auc: 1, gauc: 1 });
  expect(metrics.values["log_loss"]).toBeCloseTo(
    (2 * Math.log1p(Math.exp(-1)) + 2 * Math.log1p(Math.exp(-0.5))) / 4,
    6,
  );
  expect(metrics.groups).toEqual({ groups: 2, skipped: 1 });
});
