// Learning-rate schedules against their formulas and worked numbers, and what a training feeds.

import { describe, expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../compiler/frontend/check/train.ts";
import type { Monitor } from "../../compiler/middle/metrics/monitor.ts";
import { fallsAfter, learningRateAt, scalarsAt } from "../../compiler/middle/training/schedules.ts";
import type { Optimizer, Schedule } from "../../compiler/middle/training/settings.ts";

const adam: Optimizer = { kind: "adam", learningRate: 0.2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** The learning rates of a training of `all` steps, in parts of the optimizer's. */
function rates(schedule: Schedule, all: number): number[] {
  return Array.from(
    { length: all },
    (_, i) => learningRateAt({ optimizer: adam, schedule }, i + 1, all) / 0.2,
  );
}

const plateau = (over: Partial<Extract<Schedule, { kind: "plateau" }>>): Schedule => ({
  kind: "plateau",
  monitor: { terms: [{ metric: { kind: "auc" }, weight: 1 }], label: null },
  ...{ factor: 0.1, patience: 1, minDelta: 1e-6, final: 1e-3, warmup: 0 },
  ...over,
});

const close = (expected: readonly number[]) => expected.map((value) => expect.closeTo(value, 12));

describe("over a training", () => {
  test("constant is the learning rate", () => {
    expect(rates({ kind: "constant", warmup: 0 }, 3)).toEqual(close([1, 1, 1]));
  });

  test("a warm-up rises by one part a step and ends with all of it", () => {
    expect(rates({ kind: "constant", warmup: 4 }, 6)).toEqual(close([0.25, 0.5, 0.75, 1, 1, 1]));
  });

  test("linear falls from the first step after the warm-up towards `final`", () => {
    expect(rates({ kind: "linear", warmup: 0, final: 0 }, 4)).toEqual(close([1, 0.75, 0.5, 0.25]));
    expect(rates({ kind: "linear", warmup: 1, final: 0.2 }, 5)).toEqual(close([1, 1, 0.8, 0.6, 0.4]));
  });

  test("cosine falls along half a cosine", () => {
    const root = Math.SQRT1_2;
    expect(rates({ kind: "cosine", warmup: 0, final: 0 }, 4)).toEqual(
      close([1, (1 + root) / 2, 0.5, (1 - root) / 2]),
    );
    expect(rates({ kind: "cosine", warmup: 2, final: 0.5 }, 4)).toEqual(close([0.5, 1, 1, 0.75]));
  });

  test("step falls at once after every so many steps", () => {
    expect(rates({ kind: "step", every: 2, factor: 0.1, warmup: 1 }, 6)).toEqual(
      close([1, 1, 1, 0.1, 0.1, 0.01]),
    );
  });

  test("exponential has fallen as far as step whenever that falls", () => {
    expect(rates({ kind: "exponential", every: 2, factor: 0.25, warmup: 0 }, 5)).toEqual(
      close([1, 0.5, 0.25, 0.125, 0.0625]),
    );
  });

  test("plateau falls by its factor, down to its share, and after the warm-up", () => {
    const schedule = plateau({ final: 0.05, warmup: 2 });
    const rate = (t: number, falls: number) =>
      learningRateAt({ optimizer: adam, schedule }, t, 9, falls) / 0.2;
    expect([rate(1, 1), rate(3, 0), rate(3, 1), rate(4, 2)]).toEqual(close([0.5, 1, 0.1, 0.05]));
  });

  test.each<Schedule>([
    { kind: "constant", warmup: 3 },
    { kind: "linear", warmup: 3, final: 0 },
    { kind: "cosine", warmup: 3, final: 0 },
    { kind: "step", every: 5, factor: 0.5, warmup: 3 },
    { kind: "exponential", every: 5, factor: 0.5, warmup: 3 },
  ])("$kind is above 0 in every step, and nowhere above the optimizer's", (schedule) => {
    for (const rate of rates(schedule, 40)) {
      expect(rate).toBeGreaterThan(0);
      expect(rate).toBeLessThanOrEqual(1);
    }
  });
});

describe("a plateau", () => {
  test("falls after every epoch without a gain of `min_delta`, as FuxiCTR's", () => {
    // 0.7 is the best; the third epoch gains less than 1e-6, the fourth enough.
    const values = [0.7, 0.69, 0.7 + 1e-7, 0.71, 0.71, 0.7];
    const falls = values.map((_, i) => fallsAfter(plateau({}), values.slice(0, i + 1)));
    expect(falls).toEqual([0, 1, 2, 2, 3, 4]);
  });

  test("falls after `patience` epochs in a row, and counts anew", () => {
    const falls = (values: readonly number[]) => fallsAfter(plateau({ patience: 2 }), values);
    expect([falls([0.7, 0.6]), falls([0.7, 0.6, 0.6]), falls([0.7, 0.6, 0.6, 0.6])]).toEqual([0, 1, 1]);
    expect(falls([0.7, 0.6, 0.8, 0.6])).toBe(0);
  });

  test("counts a lower log loss as a gain, and a lower AUC minus log loss not", () => {
    const [loss, auc] = [{ kind: "log_loss" }, { kind: "auc" }] as const;
    const by = (...terms: Monitor["terms"]) => plateau({ monitor: { terms, label: null } });
    expect(fallsAfter(by({ metric: loss, weight: 1 }), [0.5, 0.4])).toBe(0);
    const difference = by({ metric: auc, weight: 1 }, { metric: loss, weight: -1 });
    expect(fallsAfter(difference, [0.2, 0.3, 0.25])).toBe(1);
  });

  test("is the only schedule that falls by metrics", () => {
    expect(fallsAfter({ kind: "constant", warmup: 0 }, [0.7, 0.6])).toBe(0);
  });
});

test("what a step is fed has the schedule's rate and Adam's own corrections", () => {
  const schedule: Schedule = { kind: "linear", warmup: 0, final: 0 };
  expect(scalarsAt({ ...DEFAULT_SETTINGS, optimizer: adam, schedule }, 3, 4)).toEqual({
    progress: 0.5,
    learning_rate: expect.closeTo(0.1, 12),
    bias1: expect.closeTo(1 - 0.9 ** 3, 12),
    bias2: expect.closeTo(1 - 0.999 ** 3, 12),
  });
});

test("the optimizer of tables that begin anew counts its steps anew, that of the layers goes on", () => {
  const anew = { names: ["tables"], tables: ["item_id"], weights: [] };
  const scalars = scalarsAt({ ...DEFAULT_SETTINGS, optimizer: adam, anew }, 8, 10, 100, 0, 5);
  expect(scalars["bias1"]).toBeCloseTo(1 - 0.9 ** 108, 12);
  expect(scalars["1.bias1"]).toBeCloseTo(1 - 0.9 ** 103, 12);
});

test("ftrl can divide by a rate that has fallen below what 32 bits hold", () => {
  const optimizer: Optimizer = { kind: "ftrl", learningRate: 0.1, beta: 1, l1: 0, l2: 0 };
  const schedule: Schedule = { kind: "exponential", every: 1, factor: 0.01, warmup: 0 };
  expect(
    Math.fround(scalarsAt({ ...DEFAULT_SETTINGS, optimizer, schedule }, 100, 100)["learning_rate"]!),
  ).toBeGreaterThan(0);
});
