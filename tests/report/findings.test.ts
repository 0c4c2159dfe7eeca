// What a report says of the trained model, each against a computation of its own.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { defaultTable, NORMAL } from "../../compiler/frontend/values/tables.ts";
import { addStep, type LossPart, meanLosses } from "../../compiler/train/loss-curve.ts";
import { tableOf } from "../../compiler/train/tables.ts";
import { type BreakdownInput, breakdownOf } from "../../runtime/report/breakdown.ts";
import { rangesOf } from "../../runtime/report/buckets.ts";
import { calibrationOf } from "../../runtime/report/calibration.ts";
import { heldOutRows } from "../../runtime/report/held-out.ts";
import { MOST_NORMS, normsOf } from "../../runtime/report/norms.ts";

describe("ranges", () => {
  const numbers = fc.array(fc.nat(30), { minLength: 1, maxLength: 200 });

  test("hold every number once, in their order, and none but what is there at their ends", () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 2, max: 8 }), (all, most) => {
        const ranges = rangesOf(all, most);
        expect(ranges.length).toBeLessThanOrEqual(most);
        for (const number of all)
          expect(ranges.filter(({ low, high }) => low <= number && number <= high)).toHaveLength(1);
        for (const { low, high } of ranges) expect(all.includes(low) && all.includes(high)).toBe(true);
        expect(ranges).toEqual([...ranges].sort((a, b) => a.low - b.low));
      }),
    );
  });

  test("have about equally many rows, zeros apart", () => {
    const all = Array.from({ length: 100 }, (_, i) => i);
    expect(rangesOf(all, 4)).toEqual([
      { low: 0, high: 0 },
      { low: 1, high: 33 },
      { low: 34, high: 66 },
      { low: 67, high: 99 },
    ]);
  });
});

/** 400 rows of 100 users whose labels follow their logits, more or less. */
function scoredRows(users: boolean): BreakdownInput {
  const random = Random.of(1, "scored");
  const logits = Float32Array.from({ length: 400 }, () => Math.round(random.normal() * 8) / 4);
  return {
    logits,
    weights: null,
    labels: logits.map((logit) => (random.next() < 1 / (1 + Math.exp(-logit)) ? 1 : 0)),
    users: users ? { by: "user_id", of: Int32Array.from(logits, (_, row) => row % 100) } : null,
    seed: 3,
  };
}

/** By the definition: of all pairs of a click and another row, those in the right order. */
function pairwise(rows: readonly number[], { logits, labels }: BreakdownInput): number {
  const clicks = rows.filter((row) => labels[row] === 1);
  const others = rows.filter((row) => labels[row] === 0);
  let right = 0;
  for (const click of clicks)
    for (const other of others) right += (Math.sign(logits[click]! - logits[other]!) + 1) / 2;
  return right / (clicks.length * others.length);
}

describe("AUC by bucket", () => {
  const words = { title: "length", doc: "", apart: "unknown", zero: "none" };
  const rows = scoredRows(true);
  const numbers = Int32Array.from(rows.logits, (_, row) => (row % 7) - 1);

  test("is that of the bucket's rows, within its interval, and counts them", async () => {
    const { buckets } = await breakdownOf({ ...words, numbers }, rows);
    expect(buckets.map(({ name }) => name)).toEqual(["unknown", "none", "1", "2", "3", "4", "5"]);
    buckets.forEach(({ rows: count, clicks, auc, interval }, bucket) => {
      const own = [...numbers.keys()].filter((row) => numbers[row] === bucket - 1);
      expect(count).toBe(own.length);
      expect(clicks).toBe(own.filter((row) => rows.labels[row] === 1).length);
      expect(auc).toBeCloseTo(pairwise(own, rows), 12);
      expect(interval!.low).toBeLessThan(auc);
      expect(interval!.high).toBeGreaterThan(auc);
    });
  });

  test("has no interval where nobody says who the users are", async () => {
    const { buckets } = await breakdownOf({ ...words, numbers }, scoredRows(false));
    expect(buckets.every(({ interval, auc }) => interval === null && auc > 0.5)).toBe(true);
  });

  test("is not defined where all rows are of one class", async () => {
    const oneClass = { ...rows, labels: rows.labels.map((label, row) => (numbers[row] === 2 ? 1 : label)) };
    const { buckets } = await breakdownOf({ ...words, numbers }, oneClass);
    expect(buckets.filter(({ auc }) => Number.isNaN(auc))).toMatchObject([{ name: "2", interval: null }]);
  });
});

describe("calibration", () => {
  test("has equally many rows in a bin where the spec does not ask for ECE, and an interval for what happened", async () => {
    const rows = scoredRows(true);
    const { bins, equal } = await calibrationOf([], rows);
    expect(equal).toBe("rows");
    expect(bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(400);
    for (const { lowest, highest, observed, interval } of bins) {
      const own = [...rows.logits.keys()].filter((row) => {
        const probability = 1 / (1 + Math.exp(-rows.logits[row]!));
        return probability >= lowest && probability <= highest;
      });
      expect(observed).toBeCloseTo(own.filter((row) => rows.labels[row] === 1).length / own.length, 12);
      expect(interval!.low).toBeLessThanOrEqual(observed);
      expect(interval!.high).toBeGreaterThanOrEqual(observed);
    }
  });

  test("has the bins that the spec asks for", async () => {
    const { bins, equal } = await calibrationOf(
      [{ kind: "ece", bins: 4, equal: "width" }],
      scoredRows(false),
    );
    expect({ equal, bins: bins.length }).toEqual({ equal: "width", bins: 4 });
    expect(bins.every(({ interval }) => interval === null)).toBe(true);
  });
});

describe("norms", () => {
  const table = (rows: number) =>
    tableOf(
      { ...{ name: "item_id", feature: "item_id", rows, width: 2 }, options: defaultTable(NORMAL) },
      Float32Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? 3 : 4) * Math.floor(i / 2)),
    );

  test("are those of ids that were seen, PAD and unknown left out", () => {
    const { norms, counts, seen, unseen } = normsOf(table(6), Float64Array.of(9, 9, 1, 0, 7, 0), 1);
    const byCount = [...norms.keys()].sort((a, b) => counts[a]! - counts[b]!);
    expect(byCount.map((i) => [counts[i], norms[i]])).toEqual([
      [1, 10],
      [7, 20],
    ]);
    expect({ seen, unseen }).toEqual({ seen: 2, unseen: 2 });
  });

  test("are drawn from all of a large table", () => {
    const rows = 3 * MOST_NORMS + 2;
    const { norms, seen } = normsOf(table(rows), new Float64Array(rows).fill(1), 1);
    expect({ seen, drawn: norms.length }).toEqual({ seen: 3 * MOST_NORMS, drawn: MOST_NORMS });
    const ids = [...new Set(norms.map((norm) => norm / 5))];
    expect(ids).toHaveLength(MOST_NORMS);
    const mean = ids.reduce((sum, id) => sum + id, 0) / ids.length;
    expect(mean / (rows / 2)).toBeCloseTo(1, 1);
  });
});

describe("the loss as it went", () => {
  test("keeps every example once, in at most a hundred parts", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 350 }), (steps) => {
        const curve: LossPart[] = [];
        for (let step = 1; step <= steps; step++) addStep(curve, step, steps, step, 2);
        expect(curve).toHaveLength(Math.min(steps, 100));
        expect(curve.reduce((sum, { samples }) => sum + samples, 0)).toBe(2 * steps);
        expect(curve.reduce((sum, { loss }) => sum + loss, 0)).toBe(steps * (steps + 1));
        expect(meanLosses(curve)).toEqual([...meanLosses(curve)].sort((a, b) => a - b));
      }),
    );
  });
});

describe("held-out rows", () => {
  const rowsOf = (rows: number): MemoryRows => ({
    kind: "memory",
    rows,
    ids: new Map([["item_id", Int32Array.from({ length: rows }, (_, row) => row)]]),
    sets: new Map(),
    numbers: new Map([["vector", Float32Array.from({ length: 2 * rows }, (_, i) => i)]]),
    histories: new Map([
      [
        "clicks",
        {
          steps: new Map([["item_id", Int32Array.from({ length: rows }, (_, row) => 100 + row)]]),
          numbers: new Map(),
          sets: new Map(),
          start: Int32Array.from({ length: rows }, (_, row) => row),
          end: Int32Array.from({ length: rows }, (_, row) => row + 1),
        },
      ],
    ]),
    labels: new Map([["click", Float32Array.from({ length: rows }, (_, row) => row)]]),
    groups: new Map(),
  });
  const data = (valid: number | null, testRows: number | null) => ({
    valid: valid === null ? null : rowsOf(valid),
    test: testRows === null ? null : rowsOf(testRows),
  });

  const ALONE = { requests: null };

  test("are test rows, without any validation rows, or none", () => {
    expect(heldOutRows(data(2, 3), ALONE, 1)).toMatchObject({ split: "test", of: 3, sample: { rows: 3 } });
    expect(heldOutRows(data(2, null), ALONE, 1)).toMatchObject({ split: "valid", sample: { rows: 2 } });
    expect(heldOutRows(data(null, null), ALONE, 1)).toBe(null);
    expect(heldOutRows(data(null, 0), ALONE, 1)).toBe(null);
  });

  test("are whole requests where predictions see other candidates", () => {
    const requests = Int32Array.from({ length: 50 }, (_, row) => (row < 3 ? 1 : 2 + (row % 5)));
    const rows = { ...rowsOf(50), groups: new Map([["request_id", requests]]) };
    const model = { requests: { by: "request_id", max: 20 } };
    for (let seed = 1; seed < 9; seed++) {
      const { sample } = heldOutRows({ valid: rows, test: null }, model, seed, 20)!;
      const drawn = new Set(sample.ids.get("item_id")!);
      expect(drawn.size).toBeLessThanOrEqual(20);
      expect(drawn.size).toBeGreaterThan(8);
      // 1 is what has no value: each of these rows is a request.
      for (const request of [2, 3, 4, 5, 6]) {
        const own = [...requests.keys()].filter((row) => requests[row] === request);
        expect([0, own.length]).toContain(own.filter((row) => drawn.has(row)).length);
      }
    }
    // One at least, however large it is.
    expect([1, 9, 10]).toContain(heldOutRows({ valid: rows, test: null }, model, 1, 1)!.sample.rows);
  });

  test("are drawn where there are many, whole rows each once", () => {
    const { sample } = heldOutRows(data(null, 50), ALONE, 1, 20)!;
    const rows = [...sample.ids.get("item_id")!];
    expect(new Set(rows).size).toBe(20);
    expect([...sample.labels.get("click")!]).toEqual(rows);
    expect([...sample.numbers.get("vector")!]).toEqual(rows.flatMap((row) => [2 * row, 2 * row + 1]));
    const { start, end, steps } = sample.histories.get("clicks")!;
    expect([...end]).toEqual([...start].map((first) => first + 1));
    expect([...start].map((first) => steps.get("item_id")![first])).toEqual(rows.map((row) => 100 + row));
  });
});
