// Symbolic widths behave like the polynomials they are: checked against evaluation at whole numbers.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addDims,
  constantDim,
  constantOf,
  type Dim,
  divideDim,
  equalDims,
  multiplyDims,
  printDim,
  scaleDim,
  solveDim,
  substitute,
  subtractDims,
  variableDim,
} from "../../compiler/frontend/values/dims.ts";

const d = variableDim("d");
const n = variableDim("n");
const one = constantDim(1);

const dims: fc.Arbitrary<Dim> = fc.letrec<{ dim: Dim }>((tie) => ({
  dim: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.integer({ min: -5, max: 5 }).map(constantDim),
    fc.constantFrom("d", "n", "m").map(variableDim),
    fc.tuple(tie("dim"), tie("dim")).map(([a, b]) => addDims(a, b)),
    fc.tuple(tie("dim"), tie("dim")).map(([a, b]) => multiplyDims(a, b)),
  ),
})).dim;

const points = fc.record({
  d: fc.integer({ min: 1, max: 9 }),
  n: fc.integer({ min: 1, max: 9 }),
  m: fc.integer({ min: 1, max: 9 }),
});

function valueAt(dim: Dim, point: Record<string, number>): number {
  const constants = Object.entries(point).map(([name, value]) => [name, constantDim(value)] as const);
  const value = constantOf(substitute(dim, new Map(constants)));
  if (value === null) throw new Error(`${printDim(dim)} still has variables`);
  return value;
}

describe("arithmetic on widths is arithmetic on numbers", () => {
  test("sum, difference and product", () => {
    fc.assert(
      fc.property(dims, dims, points, (a, b, point) => {
        const [x, y] = [valueAt(a, point), valueAt(b, point)];
        expect(valueAt(addDims(a, b), point)).toBe(x + y + 0);
        expect(valueAt(subtractDims(a, b), point)).toBe(x - y + 0);
        expect(valueAt(multiplyDims(a, b), point)).toBe(x * y + 0);
      }),
    );
  });

  test("widths written in different ways are equal, whatever the order", () => {
    fc.assert(
      fc.property(dims, dims, dims, (a, b, c) => {
        expect(
          equalDims(multiplyDims(a, addDims(b, c)), addDims(multiplyDims(c, a), multiplyDims(b, a))),
        ).toBe(true);
        expect(equalDims(addDims(a, one), a)).toBe(false);
      }),
    );
  });

  test("division is exact or refused", () => {
    fc.assert(
      fc.property(dims, fc.integer({ min: 1, max: 6 }), (a, k) => {
        expect(equalDims(divideDim(scaleDim(a, k), k)!, a)).toBe(true);
      }),
    );
    expect(divideDim(addDims(scaleDim(d, 2), one), 2)).toBeNull();
  });
});

describe("solving a pattern", () => {
  test("gives back what was put in", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: -9, max: 9 }),
        fc.integer({ min: 1, max: 99 }),
        (a, b, x) => {
          const pattern = addDims(scaleDim(d, a), constantDim(b));
          const solved = solveDim(pattern, "d", constantDim(a * x + b));
          expect(constantOf(solved!)).toBe(x);
        },
      ),
    );
  });

  test("`Vec[2*d]` against 32 is 16; against 33 there is none", () => {
    expect(constantOf(solveDim(scaleDim(d, 2), "d", constantDim(32))!)).toBe(16);
    expect(solveDim(scaleDim(d, 2), "d", constantDim(33))).toBeNull();
  });

  test("no width is below 1", () => {
    expect(solveDim(addDims(d, constantDim(4)), "d", constantDim(4))).toBeNull();
    expect(constantOf(solveDim(addDims(d, constantDim(4)), "d", constantDim(5))!)).toBe(1);
  });

  test("the answer may be symbolic: `d + 1` against `2*n + 3`", () => {
    const solved = solveDim(addDims(d, one), "d", addDims(scaleDim(n, 2), constantDim(3)));
    expect(printDim(solved!)).toBe("2*n + 2");
  });

  test("what is not linear is not guessed", () => {
    expect(solveDim(multiplyDims(d, d), "d", constantDim(16))).toBeNull();
    expect(solveDim(addDims(d, multiplyDims(d, n)), "d", constantDim(16))).toBeNull();
  });
});

test("substitution is simultaneous", () => {
  const swapped = substitute(
    subtractDims(d, n),
    new Map([
      ["d", n],
      ["n", d],
    ]),
  );
  expect(printDim(swapped)).toBe("-d + n");
});

test("widths print as they are written", () => {
  expect(printDim(constantDim(0))).toBe("0");
  expect(printDim(addDims(scaleDim(d, 2), one))).toBe("2*d + 1");
  expect(printDim(subtractDims(multiplyDims(n, d), scaleDim(n, 3)))).toBe("d*n - 3*n");
  expect(printDim(subtractDims(n, one))).toBe("n - 1");
});
