// Learning-rate schedules against their formulas and worked numbers, and what a training feeds.

import { describe, expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../compiler/frontend/check/train.ts";
import { learningRateAt, scalarsAt } from "../../compiler/middle/training/schedules.ts";
import type { Optimizer, Schedule } from "../../compiler/middle/training/settings.ts";

const adam: Optimizer = { kind: "adam", learningRate: 0.2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** The learning rates of a training of `all` steps, in parts of the optimizer's. */
function rates(schedule: Schedule, all: number): number[] {
  return Array.from(
    { length: all },
    (_, i) => learningRateAt({ optimizer: adam, schedule }, i + 1, all) / 0.2,
  );
}

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

test("what a step is fed has the schedule's rate and Adam's own corrections", () => {
  const schedule: Schedule = { kind: "linear", warmup: 0, final: 0 };
  expect(scalarsAt({ ...DEFAULT_SETTINGS, optimizer: adam, schedule }, 3, 4)).toEqual({
    progress: 0.5,
    learning_rate: expect.closeTo(0.1, 12),
    bias1: expect.closeTo(1 - 0.9 ** 3, 12),
    bias2: expect.closeTo(1 - 0.999 ** 3, 12),
  });
});

test("ftrl can divide by a rate that has fallen below what 32 bits hold", () => {
  const optimizer: Optimizer = { kind: "ftrl", learningRate: 0.1, beta: 1, l1: 0, l2: 0 };
  const schedule: Schedule = { kind: "exponential", every: 1, factor: 0.01, warmup: 0 };
  expect(
    Math.fround(scalarsAt({ ...DEFAULT_SETTINGS, optimizer, schedule }, 100, 100)["learning_rate"]!),
  ).toBeGreaterThan(0);
});
