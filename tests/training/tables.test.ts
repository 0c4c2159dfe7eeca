// Host tables: how they begin, what a batch reads of them, and how often each id counts for regularisation.

import { describe, expect, test } from "vitest";
import type { Batch } from "../../compiler/backends/contract/batch.ts";
import type { MemoryRows } from "../../compiler/data/memory-rows.ts";
import { DEFAULT_SETTINGS } from "../../compiler/frontend/check/train.ts";
import type { TableSpec } from "../../compiler/frontend/model/model.ts";
import { defaultTable, NORMAL } from "../../compiler/frontend/values/tables.ts";
import type { TableUse } from "../../compiler/middle/programs/table-uses.ts";
import type { Optimizer, TrainSettings } from "../../compiler/middle/training/settings.ts";
import {
  decayOf,
  type HostTable,
  initialTable,
  RowGatherer,
  updateTables,
} from "../../compiler/train/tables.ts";
import { occurrencesIn } from "../../runtime/data/batches/row-source.ts";

const sgd: Optimizer = { kind: "sgd", learningRate: 1 };
const adagrad: Optimizer = {
  kind: "adagrad",
  learningRate: 1,
  initialAccumulator: 0.1,
  epsilon: 1e-10,
  rowWise: false,
};
const spec: TableSpec = {
  name: "item_id",
  feature: "item_id",
  rows: 2002,
  width: 4,
  options: defaultTable(NORMAL),
};

const by = (optimizer: Optimizer, seed = 7): TrainSettings => ({ ...DEFAULT_SETTINGS, optimizer, seed });

function batchOf(rows: readonly number[], own: Batch["own"] = new Map()): Batch {
  return {
    size: 1,
    segments: new Map(),
    inputs: new Map(),
    tables: new Map([["item_id", Int32Array.from(rows)]]),
    own,
    parts: [],
  };
}

describe("a new table", () => {
  const { values, slots } = initialTable(spec, by(adagrad), null);

  test("has zeros for PAD and unknown, and N(0, 0.01) elsewhere", () => {
    expect([...values.slice(0, 8)]).toEqual(new Array(8).fill(0));
    const others = values.slice(8);
    const mean = others.reduce((sum, value) => sum + value, 0) / others.length;
    const deviation = Math.sqrt(others.reduce((sum, value) => sum + (value - mean) ** 2, 0) / others.length);
    expect(Math.abs(mean)).toBeLessThan(5e-4);
    expect(deviation).toBeGreaterThan(0.0095);
    expect(deviation).toBeLessThan(0.0105);
    expect(others.some((value) => value === 0)).toBe(false);
  });

  test("of weights is zero", () => {
    const weights = initialTable({ ...spec, options: defaultTable({ kind: "zeros" }) }, by(adagrad), null);
    expect(weights.values.every((value) => value === 0)).toBe(true);
  });

  test("of a uniform start lies within its limit and fills it", () => {
    const { values: drawn } = initialTable(
      { ...spec, options: defaultTable({ kind: "uniform", limit: 0.2 }) },
      by(sgd),
      null,
    );
    const others = [...drawn.subarray(8)];
    expect(Math.max(...others)).toBeLessThan(0.2);
    expect(Math.max(...others)).toBeGreaterThan(0.19);
    expect(Math.min(...others)).toBeLessThan(-0.19);
    expect([...drawn.subarray(0, 8)].every((value) => value === 0)).toBe(true);
  });

  test("takes vectors that are given for its rows, and frozen ones have no slots", () => {
    const given = { rows: Int32Array.of(3, 5), values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
    const options = { ...defaultTable(NORMAL), frozen: true };
    const frozen = initialTable({ ...spec, options }, by(adagrad), null, given);
    const expected = Float32Array.from(values);
    expected.set([1, 2, 3, 4], 12);
    expected.set([5, 6, 7, 8], 20);
    expect(frozen.values).toEqual(expected);
    expect(frozen.slots).toEqual([]);
  });

  test("has the optimizer's slots at their initial value", () => {
    expect(slots).toHaveLength(1);
    expect(slots[0]!.every((value) => value === Math.fround(0.1))).toBe(true);
  });

  test("depends on the seed and on its name only", () => {
    expect(initialTable(spec, by(sgd), null).values).toEqual(values);
    expect(initialTable(spec, by(sgd, 8), null).values).not.toEqual(values);
    expect(initialTable({ ...spec, name: "cate_id" }, by(sgd), null).values).not.toEqual(values);
  });
});

test("a step reads the batch's rows in their order and changes no other row", () => {
  const table: HostTable = {
    spec: { ...spec, rows: 4, width: 2 },
    width: 2,
    values: Float32Array.of(0, 0, 1, 2, 3, 4, 5, 6),
    slots: [],
    decay: null,
  };
  const tables = new Map([["item_id", table]]);
  const gatherer = new RowGatherer(tables);
  expect([...gatherer.gather(batchOf([3, 1]))["item_id"]!]).toEqual([5, 6, 1, 2]);
  // A smaller batch after a larger one gives its own rows only.
  expect([...gatherer.gather(batchOf([2]))["item_id"]!]).toEqual([3, 4]);
  updateTables(
    tables,
    by(sgd),
    batchOf([3, 1]),
    { item_id: Float32Array.of(1, 1, 2, 2) },
    { learning_rate: 1 },
  );
  expect([...table.values]).toEqual([0, 0, -1, 0, 3, 4, 4, 5]);
});

test("a table that is fed rows for another table of its feature changes only those it read itself", () => {
  const newTable = (decay: Float32Array | null): HostTable => ({
    ...{ spec: { ...spec, rows: 4, width: 2 }, width: 2, values: new Float32Array(8).fill(1) },
    ...{ slots: [new Float32Array(8).fill(1)], decay },
  });
  // Rows 3, 1 and 2 are fed; 3 and 2 are its own. Adagrad and the decay would move every row that counts as touched.
  const batch = batchOf([3, 1, 2], new Map([["item_id", Int32Array.of(0, 2)]]));
  const table = newTable(Float32Array.of(0, 0.5, 0.5, 0.5));
  const gradients = { item_id: Float32Array.of(1, 1, 0, 0, 2, 2) };
  updateTables(new Map([["item_id", table]]), by(adagrad), batch, gradients, { learning_rate: 1 });
  expect([...table.values.slice(0, 4)]).toEqual([1, 1, 1, 1]);
  expect([...table.slots[0]!].map((slot) => slot > 1)).toEqual([
    ...[false, false, false, false],
    ...[true, true, true, true],
  ]);
  expect(table.values[6]).toBeCloseTo(1 - 1.5 / Math.sqrt(1 + 1.5 ** 2), 6);
  expect(table.values[4]).toBeCloseTo(1 - 2.5 / Math.sqrt(1 + 2.5 ** 2), 6);
});

test("n_j counts an id in every training row where it stands, by example and by history step", () => {
  // Three rows; their histories are windows of one stored sequence, as event logs give them.
  const data: MemoryRows = {
    kind: "memory",
    rows: 3,
    ids: new Map([["item_id", Int32Array.of(2, 3, 2)]]),
    numbers: new Map(),
    histories: new Map([
      [
        "clicks",
        {
          sets: new Map(),
          steps: new Map([["item_id", Int32Array.of(4, 2, 4, 5)]]),
          numbers: new Map(),
          start: Int32Array.of(0, 0, 1),
          end: Int32Array.of(0, 2, 4),
        },
      ],
    ]),
    labels: new Map(),
    groups: new Map(),
    sets: new Map(),
  };
  const uses: TableUse[] = [
    { input: "item_id", table: "item_id", feature: "item_id", history: null, set: false },
    { input: "clicks.item_id", table: "item_id", feature: "item_id", history: "clicks", set: false },
  ];
  const counts = occurrencesIn([{ ids: 7, uses }], data)[0]!;
  // Row 0: 2. Row 1: 3, history 4 2. Row 2: 2, history 2 4 5.
  expect([...counts]).toEqual([0, 0, 4, 1, 2, 1, 0]);
  expect([...decayOf(0.5, counts)]).toEqual([0, 0, 0.125, 0.5, 0.25, 0.5, 0]);
});
