// Kernels against the definition of what they compute. (tests/ops compares them with every op's reference.)

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../compiler/common/random.ts";
import * as kernels from "../../compiler/serve/kernels.ts";

function randoms(length: number, purpose: string): Float32Array {
  const random = Random.of(1, purpose);
  return Float32Array.from({ length }, () => random.normal());
}

/** A buffer that shows what was not written, and that nothing is written after its end. */
function canvas(length: number): Float32Array {
  return new Float32Array(length + 3).fill(99);
}

function expectFilled(out: Float32Array, expected: ArrayLike<number>): void {
  const { length } = expected;
  for (let i = 0; i < length; i++) expect(Math.abs(out[i]! - expected[i]!)).toBeLessThan(1e-5);
  expect([...out.subarray(length)]).toEqual([99, 99, 99]);
}

describe("matmul", () => {
  test("is a matrix product for every remainder of its tiles, transposed or not", () => {
    for (const rows of [0, 1, 2, 3, 7])
      for (const inner of [1, 3, 8])
        for (const outer of [1, 2, 3, 4, 5, 9]) {
          const x = randoms(rows * inner, "x");
          const w = randoms(inner * outer, "w");
          const at = (r: number, weight: (k: number) => number) => {
            let sum = 0;
            for (let k = 0; k < inner; k++) sum += x[r * inner + k]! * weight(k);
            return sum;
          };
          const expected = (weight: (k: number, c: number) => number) =>
            Array.from({ length: rows * outer }, (_, i) =>
              at(Math.floor(i / outer), (k) => weight(k, i % outer)),
            );
          const plain = canvas(rows * outer);
          kernels.matmul(plain, x, w, rows, inner, outer, false);
          expectFilled(
            plain,
            expected((k, c) => w[k * outer + c]!),
          );
          const transposed = canvas(rows * outer);
          kernels.matmul(transposed, x, w, rows, inner, outer, true);
          expectFilled(
            transposed,
            expected((k, c) => w[c * inner + k]!),
          );
        }
  });

  test("gram is the product of a transpose", () => {
    const out = canvas(6);
    kernels.contractRows(out, Float32Array.of(1, 2, 3, 4), Float32Array.of(1, 0, 2, 0, 1, 3), 2, 2, 3);
    expectFilled(out, [1, 3, 11, 2, 4, 16]);
    kernels.contractRows(out, new Float32Array(0), new Float32Array(0), 0, 2, 3);
    expectFilled(out, [0, 0, 0, 0, 0, 0]);
  });
});

describe("two operands", () => {
  // x [rows 2, lead 2, width 3] − y, y given in every way that it may be spread.
  const x = Float32Array.from({ length: 12 }, (_, i) => i);
  const spread = (y: number[], byRow: boolean, byColumn: boolean) => {
    const out = canvas(12);
    kernels.subtract(out, x, Float32Array.from(y), 2, 2, 3, true, true, byRow, byColumn);
    return out;
  };

  test("of one shape", () => {
    expectFilled(spread([...x], true, true), new Array(12).fill(0));
  });
  test("a bias: the same for all rows", () => {
    expectFilled(spread([0, 1, 2, 3, 4, 5], false, true), [0, 0, 0, 0, 0, 0, 6, 6, 6, 6, 6, 6]);
  });
  test("a weight: one number where the other has a width", () => {
    expectFilled(spread([0, 3, 6, 9], true, false), [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
  });
  test("both", () => {
    expectFilled(spread([0, 3], false, false), [0, 1, 2, 0, 1, 2, 6, 7, 8, 6, 7, 8]);
  });
  test("either side may be the smaller one, and the output one of the inputs", () => {
    const y = Float32Array.of(1, 2, 3);
    kernels.divide(y, Float32Array.of(6), y, 1, 1, 3, true, false, true, true);
    expect([...y]).toEqual([6, 3, 2]);
  });
  test("maximum, equal, greater and choose", () => {
    const out = canvas(3);
    kernels.maximum(out, Float32Array.of(1, 2, 3), Float32Array.of(2), 1, 1, 3, true, true, true, false);
    expectFilled(out, [2, 2, 3]);
    const [x, y] = [Float32Array.of(1, 2, 3), Float32Array.of(2)];
    kernels.equal(out, x, y, 1, 1, 3, true, true, true, false);
    expectFilled(out, [0, 1, 0]);
    kernels.greater(out, x, y, 1, 1, 3, true, true, true, false);
    expectFilled(out, [0, 0, 1]);
    const c = Float32Array.of(0, -0, Number.NaN);
    kernels.choose(out, c, x, y, 1, 1, 3, true, true, true, true, false, false);
    expectFilled(out, [2, 2, 3]);
  });
});

describe("one operand", () => {
  test("sigmoid and softplus neither overflow nor turn into NaN", () => {
    const x = Float32Array.of(-1e4, -100, 0, 100, 1e4);
    const out = canvas(5);
    kernels.sigmoid(out, x, 5);
    expectFilled(out, [0, 0, 0.5, 1, 1]);
    kernels.softplus(out, x, 5);
    expectFilled(out, [0, 0, Math.LN2, 100, 1e4]);
  });
  test("relu and step", () => {
    const out = canvas(3);
    kernels.relu(out, Float32Array.of(-1, 0, 2), 3);
    expectFilled(out, [0, 0, 2]);
    kernels.step(out, Float32Array.of(-1, 0, 2), 3);
    expectFilled(out, [0, 0, 1]);
  });
});

describe("steps", () => {
  test("softmax of each row's steps sums to one, whatever their size", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, min: -1e4, max: 1e4 }), { minLength: 3, maxLength: 3 }),
        (row) => {
          const out = canvas(6);
          kernels.softmaxSteps(out, Float32Array.from([...row, ...row]), 2, 6, 1);
          for (const half of [out.subarray(0, 3), out.subarray(3, 6)])
            expect(half[0]! + half[1]! + half[2]!).toBeCloseTo(1, 5);
          expect(out[6]).toBe(99);
        },
      ),
    );
  });

  test("an empty history: sum 0, maximum 0, no steps", () => {
    const none = new Float32Array(0);
    const out = canvas(4);
    kernels.sumSteps(out, none, 2, 0, 2);
    expectFilled(out, [0, 0, 0, 0]);
    out.fill(99);
    kernels.maxSteps(out, none, 2, 0, 2);
    expectFilled(out, [0, 0, 0, 0]);
    kernels.countSteps(out, 4, 0);
    expectFilled(out, [0, 0, 0, 0]);
  });

  test("no rows at all", () => {
    const none = new Float32Array(0);
    const out = canvas(0);
    kernels.sumSteps(out, none, 0, 0, 2);
    kernels.repeatRows(out, none, 0, 0, 2);
    kernels.softmaxSteps(out, none, 0, 0, 2);
    kernels.countSteps(out, 0, 0);
    expectFilled(out, []);
  });

  test("two rows of three steps, two columns", () => {
    const x = Float32Array.from({ length: 12 }, (_, i) => (i < 6 ? i : -i));
    const out = canvas(4);
    kernels.sumSteps(out, x, 2, 6, 2);
    expectFilled(out, [6, 9, -24, -27]);
    kernels.maxSteps(out, x, 2, 6, 2);
    expectFilled(out, [4, 5, -6, -7]);
    const steps = canvas(12);
    kernels.repeatRows(steps, Float32Array.of(1, 2, 3, 4), 2, 6, 2);
    expectFilled(steps, [1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4]);
  });

  test("one step of each row is taken and placed", () => {
    const x = Float32Array.from({ length: 12 }, (_, i) => i);
    const step = canvas(4);
    kernels.takeStep(step, x, 2, 6, 1, 2);
    expectFilled(step, [2, 3, 8, 9]);
    const out = canvas(12).fill(0, 0, 12);
    kernels.writeStep(out, Float32Array.of(1, 2, 3, 4), 2, 6, 2, 2);
    expectFilled(out, [0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 3, 4]);
  });

  test("steps get what stands before or after them in their row", () => {
    const x = Float32Array.from({ length: 6 }, (_, i) => i);
    const out = canvas(6);
    kernels.shiftSteps(out, x, Float32Array.of(8, 9), 2, 6, 1, true, false);
    expectFilled(out, [8, 0, 1, 9, 3, 4]);
    kernels.shiftSteps(out, x, Float32Array.of(7), 2, 6, 1, false, true);
    expectFilled(out, [1, 2, 7, 4, 5, 7]);
  });

  test("fanOut gives each candidate the request's rows", () => {
    const out = canvas(8);
    kernels.repeatCandidates(out, Float32Array.of(1, 2, 3, 4), 2, 2, 2);
    expectFilled(out, [1, 2, 3, 4, 1, 2, 3, 4]);
    const back = canvas(4);
    kernels.sumCandidates(back, out, 2, 2, 2);
    expectFilled(back, [2, 4, 6, 8]);
  });
});

describe("rows and columns", () => {
  test("lookup and its gradient", () => {
    const out = canvas(6);
    const ids = Int32Array.of(2, 0, 2);
    kernels.lookup(out, Float32Array.of(1, 2, 3, 4, 5, 6), ids, 3, 2);
    expectFilled(out, [5, 6, 1, 2, 5, 6]);
    const gradient = canvas(6);
    kernels.lookupGradient(gradient, Float32Array.of(1, 2, 3, 4, 5, 6), ids, 3, 3, 2);
    expectFilled(gradient, [3, 4, 0, 0, 6, 8]);
  });
  test("a concatenation is its parts, placed; slice and pad undo each other", () => {
    const out = canvas(6);
    kernels.concat(out, Float32Array.of(1, 2), 2, 3, 0, 1, 2);
    kernels.concat(out, Float32Array.of(8, 9), 2, 3, 1, 2, 1);
    expectFilled(out, [1, 8, 9, 2, 8, 9]);
    const middle = canvas(2);
    kernels.slice(middle, out, 2, 3, 1, 1);
    expectFilled(middle, [8, 8]);
    kernels.pad(out, middle, 2, 1, 1, 1);
    expectFilled(out, [0, 8, 0, 0, 8, 0]);
  });
  test("items of a list, taken and put back where they add up", () => {
    const out = canvas(6);
    kernels.gatherList(out, Float32Array.of(1, 2, 3, 4), 2, 2, [1, 0, 1], 1);
    expectFilled(out, [2, 1, 2, 4, 3, 4]);
    const back = canvas(6);
    kernels.scatterList(back, Float32Array.of(1, 2, 3, 4), 2, 3, [2, 2], 1);
    expectFilled(back, [0, 0, 3, 0, 0, 7]);
  });
  test("a transpose exchanges rows and columns of each matrix", () => {
    const out = canvas(12);
    kernels.transpose(
      out,
      Float32Array.from({ length: 12 }, (_, i) => i),
      2,
      2,
      3,
    );
    expectFilled(out, [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]);
  });
  test("statistics over rows", () => {
    const x = Float32Array.of(1, 2, 3, 4);
    const out = canvas(2);
    kernels.sumRows(out, x, 2, 2);
    expectFilled(out, [4, 6]);
    kernels.batchMean(out, x, Float32Array.of(7, 7), 2, 2);
    expectFilled(out, [2, 3]);
    kernels.batchMean(out, x, Float32Array.of(7, 7), 0, 2);
    expectFilled(out, [7, 7]);
    kernels.sumWidth(out, x, 2, 2);
    expectFilled(out, [3, 7]);
    const one = canvas(1);
    kernels.countRows(one, 5);
    expectFilled(one, [5]);
  });
});
