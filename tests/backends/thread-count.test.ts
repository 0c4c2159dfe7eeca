// How many threads a step gets, from what steps took: as many as help, found anew now and then.

import { describe, expect, test } from "vitest";
import { ThreadCount } from "../../compiler/backends/wasm/training/team.ts";

/** Threads that steps get, where a step of n threads takes `ms(n)` and only `present` are there. */
function given(count: ThreadCount, steps: number, ms: (threads: number) => number, present = 64): number[] {
  return Array.from({ length: steps }, () => {
    const threads = Math.min(count.wanted, present);
    count.took(ms(threads), threads);
    return threads;
  });
}

describe("the number of threads", () => {
  test("is what makes steps shorter, tried one after the other", () => {
    const half = new ThreadCount(8, false);
    const tried = given(half, 500, (threads) => 8 / threads);
    expect(new Set(tried)).toEqual(new Set([1, 2, 4, 8]));
    expect(half.wanted).toBe(8);
  });

  test("is several for long steps, before anything is timed", () => {
    expect(given(new ThreadCount(8, false), 20, (threads) => 40 / threads)).toEqual([
      1,
      ...Array(19).fill(4),
    ]);
    expect(given(new ThreadCount(2, false), 3, (threads) => 40 / threads)).toEqual([1, 2, 2]);
    expect(given(new ThreadCount(8, false), 20, () => 1)).toEqual(Array(20).fill(1));
  });

  test("is found after few steps where these are long", () => {
    const tried = given(new ThreadCount(2, false), 36, (threads) => 40 / threads);
    expect(tried).toEqual([1, ...Array(29).fill(2), 1, 1, 1, 2, 2, 2]);
  });

  test("stays where one more does not help", () => {
    const two = new ThreadCount(8, false);
    given(two, 500, (threads) => (threads < 4 ? 8 / threads : 4));
    expect(two.wanted).toBe(2);
  });

  test("is one for short steps, and what was asked for whatever they take", () => {
    const short = new ThreadCount(8, false);
    expect(Math.max(...given(short, 500, () => 0.1))).toBe(1);
    const asked = new ThreadCount(3, true);
    expect(new Set(given(asked, 500, () => 0.1))).toEqual(new Set([3]));
  });

  test("is found anew when other programs come and go", () => {
    const count = new ThreadCount(2, false);
    given(count, 200, (threads) => 8 / threads);
    expect(count.wanted).toBe(2);
    given(count, 4_500, (threads) => (threads === 1 ? 8 : 20));
    expect(count.wanted).toBe(1);
  });

  test("waits for threads that are not there yet", () => {
    const count = new ThreadCount(2, false);
    expect(Math.max(...given(count, 300, () => 8, 1))).toBe(1);
    expect(count.wanted).toBe(2);
    given(count, 50, (threads) => 8 / threads);
    expect(count.wanted).toBe(2);
  });

  test("goes by the median: a step that was held up does not count", () => {
    const count = new ThreadCount(2, false);
    let step = 0;
    given(count, 300, (threads) => (step++ % 5 === 0 ? 100 : 8 / threads));
    expect(count.wanted).toBe(2);
  });
});
