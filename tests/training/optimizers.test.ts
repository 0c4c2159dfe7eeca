// The row form of every optimizer against its formula, written out again in plain loops, and against worked numbers.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OptimizerTable } from "../../compiler/middle/training/optimizers/define-optimizer.ts";
import { optimizerOf, optimizers } from "../../compiler/middle/training/optimizers/registry.ts";
import type { Optimizer } from "../../compiler/middle/training/settings.ts";

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
  decay: OptimizerTable["decay"] = null,
): OptimizerTable {
  return {
    width,
    values: Float32Array.from(values),
    slots: optimizerOf(settings)
      .slots(settings)
      .map(({ initial, byRow }) => new Float32Array(values.length / (byRow ? width : 1)).fill(initial)),
    decay,
  };
}

function step(
  settings: Optimizer,
  table: OptimizerTable,
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

const momentum: Optimizer = { kind: "momentum", learningRate: 0.1, momentum: 0.8, nesterov: false };
const all: readonly Optimizer[] = [
  sgd,
  momentum,
  { ...momentum, nesterov: true },
  adam,
  { kind: "adamw", learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.3 },
  adagrad,
  { ...adagrad, rowWise: true },
  { kind: "ftrl", learningRate: 0.1, beta: 1, l1: 0, l2: 0 },
  { kind: "ftrl", learningRate: 0.1, beta: 0.5, l1: 0.4, l2: 0.2 },
  { kind: "grda", learningRate: 0.1, fullRate: 0.2, c: 0.3, mu: 0.6 },
];

test("every optimizer is tested", () => {
  expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(Object.keys(optimizers)));
});

/** The formulas once more, a row at a time, in f64; `state` is what a row remembers, empty before its first step. */
function formula(
  settings: Optimizer,
  row: readonly number[],
  state: Record<string, number[]>,
  gradient: readonly number[],
  t: number,
): number[] {
  const { learningRate: rate } = settings;
  const kept = (name: string, start: (w: number) => number = () => 0) => (state[name] ??= row.map(start));
  switch (settings.kind) {
    case "sgd":
      return row.map((w, i) => w - rate * gradient[i]!);
    case "momentum": {
      const buffer = (state["b"] = kept("b").map((b, i) => settings.momentum * b + gradient[i]!));
      const ahead = (i: number) => gradient[i]! + settings.momentum * buffer[i]!;
      return row.map((w, i) => w - rate * (settings.nesterov ? ahead(i) : buffer[i]!));
    }
    case "adam":
    case "adamw": {
      const { beta1, beta2, epsilon } = settings;
      const m = (state["m"] = kept("m").map((x, i) => beta1 * x + (1 - beta1) * gradient[i]!));
      const v = (state["v"] = kept("v").map((x, i) => beta2 * x + (1 - beta2) * gradient[i]! ** 2));
      const decay = settings.kind === "adamw" ? settings.weightDecay : 0;
      return row.map((w, i) => {
        const scale = Math.sqrt(v[i]! / (1 - beta2 ** t)) + epsilon;
        return w - rate * decay * w - (rate * (m[i]! / (1 - beta1 ** t))) / scale;
      });
    }
    case "adagrad": {
      const squares = gradient.map((g) => g ** 2);
      const mean = squares.reduce((sum, square) => sum + square, 0) / squares.length;
      const added = (i: number) => (settings.rowWise ? mean : squares[i]!);
      const s = (state["s"] = kept("s", () => settings.initialAccumulator).map((x, i) => x + added(i)));
      return row.map((w, i) => w - (rate * gradient[i]!) / (Math.sqrt(s[i]!) + settings.epsilon));
    }
    case "ftrl": {
      // Algorithm 1 of McMahan et al., from the z that a weight of this start has.
      const { beta, l1, l2 } = settings;
      const z = kept("z", (w) => (-w * beta) / rate);
      const n = kept("n");
      return row.map((w, i) => {
        const g = gradient[i]!;
        z[i] = z[i]! + g - ((Math.sqrt(n[i]! + g ** 2) - Math.sqrt(n[i]!)) / rate) * w;
        n[i] = n[i]! + g ** 2;
        if (Math.abs(z[i]!) <= l1) return 0;
        return -(z[i]! - Math.sign(z[i]!) * l1) / ((beta + Math.sqrt(n[i]!)) / rate + l2);
      });
    }
    case "grda": {
      // Algorithm 1 of Chao et al.: v goes on from the initial weights.
      const { c, mu, fullRate } = settings;
      const v = (state["v"] = kept("v", (w) => w).map((each, i) => each - rate * gradient[i]!));
      const threshold = c * Math.sqrt(fullRate) * (t * fullRate) ** mu;
      return v.map((each) => (Math.abs(each) <= threshold ? 0 : each - Math.sign(each) * threshold));
    }
  }
}

const number = fc.double({ min: -2, max: 2, noNaN: true });

describe.each(all.map((settings) => [JSON.stringify(settings), settings] as const))("%s", (_, settings) => {
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
          const states: Record<string, number[]>[] = Array.from({ length: rowCount }, () => ({}));
          batches.forEach((rows, index) => {
            const gradients = numbers
              .slice(index * rowCount * width)
              .slice(0, rows.length * width)
              .map(Math.fround);
            step(settings, table, index + 1, rows, gradients);
            rows.forEach((row, i) => {
              const before = weights.slice(row * width, (row + 1) * width);
              const gradient = gradients.slice(i * width, (i + 1) * width);
              const after = formula(settings, before, states[row]!, gradient, index + 1);
              weights.splice(row * width, width, ...after);
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

test("ftrl makes a weight exactly 0 that its gradients do not hold up", () => {
  const settings: Optimizer = { kind: "ftrl", learningRate: 0.1, beta: 1, l1: 0.5, l2: 0 };
  const table = tableFor(settings, [0.02, 0.5], 1);
  step(settings, table, 1, [0, 1], [0.01, 0.01]);
  expect(table.values[0]).toBe(0);
  expect(table.values[1]).toBeGreaterThan(0.4);
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

test.each(all.map((settings) => [settings.kind, settings] as const))(
  "l2 enters the gradient of %s, the same for every row of the batch and for no other",
  (_, settings) => {
    const start = [0.5, -1, 2];
    const regularised = tableFor(settings, start, 1, 0.25);
    const plain = tableFor(settings, start, 1);
    step(settings, regularised, 1, [0, 2], [1, -1]);
    step(settings, plain, 1, [0, 2], [1 + 0.25 * 0.5, -1 + 0.25 * 2]);
    expect([...regularised.values]).toEqual([...plain.values]);
    expect(regularised.slots).toEqual(plain.slots);
    expect(regularised.values[1]).toBe(-1);
  },
);
