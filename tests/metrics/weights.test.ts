// A row of weight w counts as w rows, in every metric and its resamples; one of weight 0 is not there.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Outcome } from "../../compiler/middle/metrics/outcome.ts";
import { type Metric, measure, printMetric } from "../../compiler/middle/metrics/registry.ts";
import { LANES } from "../../compiler/middle/metrics/resampling.ts";
import { LabelledScores } from "../../compiler/middle/metrics/scored.ts";
import { asked, askedOfOthers, type Row, rowsUpTo, scoredOf, USER } from "./rows.ts";

/** A ranking has each row once. */
const isRanking = ({ kind }: Metric) => ["ndcg", "hit_rate", "mrr"].includes(kind);

function weighted(rows: readonly Row[], weights: readonly number[], outcome: Outcome): LabelledScores {
  const { logits, labels } = scoredOf(rows, outcome);
  const users = Int32Array.from(rows, ({ user }) => user + 2);
  return new LabelledScores(logits, labels, new Map([[USER, users]]), outcome, Float32Array.from(weights));
}

const someRows = rowsUpTo(30).chain((rows) =>
  fc.tuple(
    fc.constant(rows),
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: rows.length, maxLength: rows.length }),
  ),
);

const repeated = (rows: readonly Row[], weights: readonly number[]) =>
  rows.flatMap((row, i) => Array.from({ length: weights[i]! }, () => row));

const all = [...asked.map((metric) => [metric, "binary"] as const), ...askedOfOthers];

describe.each(all.map(([metric, outcome]) => [printMetric(metric), outcome, metric] as const))(
  "%s of %s labels",
  (_, outcome, metric) => {
    test("counts a row as often as it weighs", () => {
      fc.assert(
        fc.property(someRows, ([rows, weights]) => {
          const times = isRanking(metric) ? weights.map((weight) => Math.min(weight, 1)) : weights;
          const expected = measure(metric, scoredOf(repeated(rows, times), outcome));
          const found = measure(metric, weighted(rows, weights, outcome));
          if (Number.isNaN(expected.value)) expect(found.value).toBeNaN();
          else expect(found.value).toBeCloseTo(expected.value, 9);
          expect(found.groups).toEqual(expected.groups);
          for (const [bin, { rows: count, observed }] of (expected.table ?? []).entries()) {
            expect(found.table![bin]!.rows).toBe(count);
            expect(found.table![bin]!.observed).toBeCloseTo(observed, 9);
          }
        }),
      );
    });

    test("does not change where all weights are the same", () => {
      fc.assert(
        fc.property(rowsUpTo(30), fc.constantFrom(0.25, 7), (rows, weight) => {
          const expected = measure(metric, scoredOf(rows, outcome)).value;
          const found = measure(
            metric,
            weighted(
              rows,
              rows.map(() => weight),
              outcome,
            ),
          ).value;
          if (Number.isNaN(expected)) expect(found).toBeNaN();
          else expect(found).toBeCloseTo(expected, 9);
        }),
      );
    });

    // ECE is not resampled.
    if (metric.kind === "ece") return;

    test("is resampled as often, too", () => {
      fc.assert(
        fc.property(
          someRows,
          fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 5, maxLength: 5 }),
          (some, times) => {
            const [rows, weights] = some;
            const own = isRanking(metric) ? weights.map((weight) => Math.min(weight, 1)) : weights;
            const [a, b] = [weighted(rows, weights, outcome), scoredOf(repeated(rows, own), outcome)].map(
              (scored) => {
                const units = scored.groups(USER);
                // Users are numbered as they appear, which is alike in both.
                const drawn = Uint8Array.from(
                  { length: LANES * units.count },
                  (_, i) => times[(i + (i >> 3)) % 5]!,
                );
                const out = new Float64Array(LANES);
                measure(metric, scored).resampled!(units)(drawn, out);
                return out;
              },
            );
            for (let lane = 0; lane < LANES; lane++)
              if (Number.isFinite(b![lane]!)) expect(a![lane]!).toBeCloseTo(b![lane]!, 9);
              else expect(Number.isFinite(a![lane]!)).toBe(false);
          },
        ),
      );
    });
  },
);

test.each(["binary", "class"] as const)(
  "the constant beside a log loss is that of the mean of %s labels",
  (outcome) => {
    fc.assert(
      fc.property(someRows, ([rows, weights]) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const ones = rows.reduce((sum, { label }, i) => sum + label * weights[i]!, 0);
        fc.pre(ones > 0 && ones < total);
        const logit = Math.log(ones / (total - ones));
        const { constant } = measure({ kind: "log_loss" }, weighted(rows, weights, outcome));
        const alike = rows.map((row) => ({ ...row, logit }));
        expect(constant).toBeCloseTo(
          measure({ kind: "log_loss" }, weighted(alike, weights, outcome)).value,
          5,
        );
      }),
    );
  },
);
