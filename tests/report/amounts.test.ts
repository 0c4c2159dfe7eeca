// What a report says of predictions that are amounts or classes, by values computed by hand.

import { expect, test } from "vitest";
import { amountFindings } from "../../runtime/report/amounts.ts";
import { classFindings } from "../../runtime/report/confusion.ts";

const ROWS = 200;
const users = { by: "user_id", of: Int32Array.from({ length: ROWS }, (_, row) => row % 20) };
const floats = (valueAt: (row: number) => number) =>
  Float32Array.from({ length: ROWS }, (_, row) => valueAt(row));

test("amounts are seen in tenths by their prediction, with the spread of their errors", async () => {
  // Predictions 0 … 199 in some order; the label is 3 above them, and 10 more in every fourth row.
  const logits = floats((row) => (row * 37) % ROWS);
  const labels = logits.map((x, row) => x + 3 + (row % 4 === 0 ? 10 : 0));
  const found = await amountFindings("watch", { logits, labels, weights: null, users, seed: 1 });
  expect(found.bins.map(({ rows }) => rows)).toEqual(new Array(10).fill(20));
  expect(found.rmse).toBeCloseTo(Math.sqrt((3 * 9 + 169) / 4), 6);
  const [first] = found.bins;
  expect(first).toMatchObject({
    highest: 19,
    predicted: 9.5,
    observed: 15,
    errors: { low: 3, middle: 3, high: 13 },
  });
  expect(first!.interval!.low).toBeLessThan(15);
  expect(first!.interval!.high).toBeGreaterThan(15);
  // A row of weight 3 is three rows.
  const weights = floats((row) => (row % 4 === 0 ? 3 : 1));
  const weighted = await amountFindings("watch", { logits, labels, weights, users: null, seed: 1 });
  expect(weighted.rmse).toBeCloseTo(Math.sqrt((3 * 9 + 3 * 169) / 6), 6);
  expect(weighted.bins[0]!.errors.middle).toBe(3);
  expect(weighted.bins[0]!.rows).toBe(30);
  const same = await amountFindings("watch", { logits: floats(() => 7), labels, weights, users, seed: 1 });
  expect(same.bins.map(({ rows }) => rows)).toEqual([300]);
  const none = await amountFindings("watch", {
    logits: floats(() => Number.NaN),
    labels,
    weights,
    users,
    seed: 1,
  });
  expect(none.bins).toEqual([]);
});

test("classes are counted by what they were taken for; of many the most frequent ones", async () => {
  // Of each four rows: three of class 0, of which one is taken for class 1; one of class 2, which is found.
  const taken = [0, 0, 1, 2];
  const labels = floats((row) => (row % 4 === 3 ? 2 : 0));
  const logits = Float32Array.from({ length: ROWS * 3 }, (_, i) =>
    taken[Math.floor(i / 3) % 4] === i % 3 ? 2 : 0,
  );
  const rows = { logits, labels, weights: null, users, seed: 1 };
  const found = await classFindings("mood", ["low", "mid", "high"], rows);
  expect(found.counts).toEqual([
    [100, 50, 0],
    [0, 0, 0],
    [0, 0, 50],
  ]);
  expect(found.accuracy).toBe(0.75);
  const [low, mid, high] = found.byClass.buckets;
  // Of pairs of a `low` and another row, two in three are in order, and the third is tied.
  expect([low!.auc, low!.clicks]).toEqual([expect.closeTo(5 / 6, 6), 150]);
  expect(mid!.auc).toBeNaN();
  expect(high).toMatchObject({ auc: 1, name: "high", interval: { low: 1, high: 1, by: "user_id" } });
  expect(found.macroAuc).toBeCloseTo((5 / 6 + 1) / 2, 6);

  const many = Array.from({ length: 15 }, (_, place) => `c${place}`);
  const wide = await classFindings("mood", many, {
    ...rows,
    labels: floats((row) => (row < 15 ? row : 14)),
    logits: Float32Array.from({ length: ROWS * 15 }, (_, i) => (i % 15 === 14 ? 1 : 0)),
  });
  expect(wide.classes).toEqual([...many.slice(0, 11), "c14"]);
  expect([wide.others, wide.counts.length]).toEqual([3, 13]);
  expect(wide.counts.at(-1)).toEqual([...new Array(11).fill(0), 3, 0]);
});
