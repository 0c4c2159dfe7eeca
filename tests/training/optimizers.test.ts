// The row form of every optimizer against its formula, written out again in plain loops, and against worked numbers.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Optimizer } from "../../compiler/model/model.ts";
import type { RowTable } from "../../compiler/training/optimizers/define-optimizer.ts";
import { optimizerOf } from "../../compiler/training/optimizers/registry.ts";

const sgd: Optimizer = { kind: "sgd", learningRate: 0.1 };
const adam: Optimizer = { kind: "adam", learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const adagrad: Optimizer = {
  kind: "adagrad",
  learningRate: 0.1,
  initialAccumulator: 0.1,
  epsilon: 1e-10,
  rowWise: false,
};

function tableFor(
  settings: Optimizer,
  values: readonly number[],
  width: number,
  decay: Float32Array | null = null,
): RowTable {
  return {
    width,
    values: Float32Array.from(values),
    slots: optimizerOf(settings)
      .slots(settings)
      .map((slot) => new Float32Array(values.length).fill(slot.initial)),
    decay,
  };
}

function step(
  settings: Optimizer,
  table: RowTable,
  t: number,
  rows: readonly number[],
  gradients: readonly number[],
): void {
  const optimizer = optimizerOf(settings);
  const scalars = optimizer.scalars(settings, t);
  expect(Object.keys(scalars).sort()).toEqual([...optimizer.scalarNames].sort());
  optimizer.rows(settings, {
    table,
    rows: Int32Array.from(rows),
    gradients: Float32Array.from(gradients),
    scalars,
  });
}

describe("one weight, worked by hand", () => {
  test("sgd", () => {
    const table = tableFor(sgd, [1], 1);
    step(sgd, table, 1, [0], [0.5]);
    expect(table.values[0]).toBeCloseTo(0.95, 6);
  });

  test("adam, as torch.optim.Adam(lr=0.1) moves it", () => {
    const table = tableFor(adam, [1], 1);
    // m̂ = 0.5, v̂ = 0.25: the first step is the learning rate, whatever the gradient's size.
    step(adam, table, 1, [0], [0.5]);
    expect(table.values[0]).toBeCloseTo(0.9, 6);
    // m = −0.055, m̂ = −0.28947368; v = 0.00124975, v̂ = 0.62518759, √v̂ = 0.79068805
    step(adam, table, 2, [0], [-1]);
    expect(table.values[0]).toBeCloseTo(0.9 + 0.1 * (0.28947368 / 0.79068805), 6);
    expect(table.slots[0]![0]).toBeCloseTo(-0.055, 7);
    expect(table.slots[1]![0]).toBeCloseTo(0.00124975, 9);
  });

  test("adam's ε stands outside the root of the corrected second moment", () => {
    const coarse: Optimizer = { ...adam, epsilon: 0.25 };
    const table = tableFor(coarse, [1], 1);
    step(coarse, table, 1, [0], [0.5]);
    expect(table.values[0]).toBeCloseTo(1 - (0.1 * 0.5) / (0.5 + 0.25), 6);
  });

  test("adagrad", () => {
    const table = tableFor(adagrad, [1], 1);
    step(adagrad, table, 1, [0], [0.5]);
    expect(table.values[0]).toBeCloseTo(1 - (0.1 * 0.5) / Math.sqrt(0.1 + 0.25), 6);
    step(adagrad, table, 2, [0], [0.5]);
    expect(table.slots[0]![0]).toBeCloseTo(0.1 + 0.25 + 0.25, 6);
  });
});

/** The formulas once more, one element at a time, in f64. */
function formula(settings: Optimizer, w: number, slots: number[], g: number, t: number): number {
  switch (settings.kind) {
    case "sgd":
      return w - settings.learningRate * g;
    case "adagrad":
      slots[0] = slots[0]! + g ** 2;
      return w - (settings.learningRate * g) / (Math.sqrt(slots[0]) + settings.epsilon);
    case "adam": {
      slots[0] = settings.beta1 * slots[0]! + (1 - settings.beta1) * g;
      slots[1] = settings.beta2 * slots[1]! + (1 - settings.beta2) * g ** 2;
      const corrected = slots[0] / (1 - settings.beta1 ** t);
      const scale = Math.sqrt(slots[1] / (1 - settings.beta2 ** t)) + settings.epsilon;
      return w - (settings.learningRate * corrected) / scale;
    }
  }
}

const number = fc.double({ min: -2, max: 2, noNaN: true });

describe.each([sgd, adam, adagrad])("$kind over random steps", (settings) => {
  test("follows its formula in the touched rows and leaves the others alone", () => {
    const width = 3;
    const rowCount = 4;
    fc.assert(
      fc.property(
        fc.array(number, { minLength: rowCount * width, maxLength: rowCount * width }),
        fc.array(fc.uniqueArray(fc.integer({ min: 0, max: rowCount - 1 }), { maxLength: rowCount }), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.array(number, { minLength: 6 * rowCount * width, maxLength: 6 * rowCount * width }),
        (initial, batches, numbers) => {
          const table = tableFor(settings, initial, width);
          const weights = Array.from(table.values);
          const slots = weights.map((_, at) => table.slots.map((slot) => slot[at]!));
          batches.forEach((rows, index) => {
            const gradients = numbers
              .slice(index * rowCount * width)
              .slice(0, rows.length * width)
              .map(Math.fround);
            step(settings, table, index + 1, rows, gradients);
            rows.forEach((row, i) => {
              for (let column = 0; column < width; column++) {
                const at = row * width + column;
                weights[at] = formula(
                  settings,
                  weights[at]!,
                  slots[at]!,
                  gradients[i * width + column]!,
                  index + 1,
                );
              }
            });
          });
          weights.forEach((weight, at) => {
            expect(Math.abs(table.values[at]! - weight)).toBeLessThan(2e-5);
          });
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("mini-batch aware regularisation", () => {
  test("is w_j ← w_j − η (∂L/∂w_j + λ / n_j · w_j) for the rows of the batch and for no other", () => {
    const lambda = 0.2;
    const counts = [0, 0, 1, 4];
    const decay = Float32Array.from(counts, (n) => (n === 0 ? 0 : lambda / n));
    const initial = [0, 0, 0, 0, 1, -2, 3, 0.5];
    const table = tableFor(sgd, initial, 2, decay);
    step(sgd, table, 1, [3, 2], [0.25, -1, 0.5, 0]);
    const moved = (w: number, g: number, n: number) => w - 0.1 * (g + (lambda / n) * w);
    expect(table.values[4]).toBeCloseTo(moved(1, 0.5, 1), 6);
    expect(table.values[5]).toBeCloseTo(moved(-2, 0, 1), 6);
    expect(table.values[6]).toBeCloseTo(moved(3, 0.25, 4), 6);
    expect(table.values[7]).toBeCloseTo(moved(0.5, -1, 4), 6);
    expect([...table.values.slice(0, 4)]).toEqual([0, 0, 0, 0]);

    const untouched = tableFor(sgd, initial, 2, decay);
    step(sgd, untouched, 1, [3], [0, 0]);
    expect([...untouched.values.slice(0, 6)]).toEqual(initial.slice(0, 6));
  });

  test.each([adam, adagrad])("enters $kind as part of the gradient", (settings) => {
    const regularised = tableFor(settings, [0.5], 1, Float32Array.of(0.3));
    const plain = tableFor(settings, [0.5], 1);
    step(settings, regularised, 1, [0], [1]);
    step(settings, plain, 1, [0], [Math.fround(1 + Math.fround(0.3) * 0.5)]);
    expect(regularised.values[0]).toBeCloseTo(plain.values[0]!, 6);
    regularised.slots.forEach((slot, i) => {
      expect(slot[0]).toBeCloseTo(plain.slots[i]![0]!, 6);
    });
  });
});
