// Ranges and what is drawn from them: inside, even, written so that it can be copied, and following from
// number and seed alone.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ParamRange, rangeOf, rangeText } from "../../compiler/frontend/modules/ranges.ts";
import { MOST_DIMENSIONS, sobolPoint } from "../../compiler/tune/sobol.ts";
import { drawn, fractionOf, valueAt } from "../../compiler/tune/space.ts";

const number = fc.double({ min: -1000, max: 1000, noNaN: true }).map((value) => Number(value.toPrecision(4)));
const between = fc.tuple(number, number).filter(([low, high]) => low < high);
const word = fc.stringMatching(/^[a-z]{1,6}$/);
const ranges: fc.Arbitrary<ParamRange> = fc.oneof(
  between.map(([low, high]): ParamRange => ({ kind: "uniform", low, high })),
  fc.tuple(fc.integer({ min: -6, max: 3 }), fc.integer({ min: 1, max: 5 })).map(
    ([low, more]): ParamRange => ({
      kind: "log",
      low: Number(`1e${low}`),
      high: Number(`1e${low + more}`),
    }),
  ),
  fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 50 }))
    .map(([low, more]): ParamRange => ({ kind: "int", low, high: low + more })),
  fc
    .uniqueArray(word, { minLength: 2, maxLength: 5 })
    .map((values): ParamRange => ({ kind: "choice", values })),
);
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("a range", () => {
  test.each([
    ["log(1e-4..1e-2)", { kind: "log", low: 1e-4, high: 1e-2 }],
    [" uniform( -1 .. 0.5 ) ", { kind: "uniform", low: -1, high: 0.5 }],
    ["int(1..8)", { kind: "int", low: 1, high: 8 }],
    ["choice([64], [200,80])", { kind: "choice", values: ["[64]", "[200, 80]"] }],
    ['choice(relu, "a, b", [1])', { kind: "choice", values: ["relu", "a, b", "[1]"] }],
  ])("%s", (text, expected) => {
    expect(rangeOf(text)).toEqual(expected);
  });

  test.each([
    ["1e-3", "`1e-3` isn't a range; write `log(1e-4..1e-2)`"],
    ["grid(1..2)", "`grid(1..2)` isn't a range"],
    ["log(1e-4, 1e-2)", "`log(1e-4, 1e-2)` needs two numbers with `..` between them"],
    ["uniform(..1)", "`uniform(..1)` needs two numbers"],
    ["uniform(2..1)", "`uniform(2..1)`: the first number has to be below the second"],
    ["log(0..1)", "`log(0..1)`: a logarithm needs numbers above 0"],
    ["int(1..2.5)", "`int(1..2.5)` needs whole numbers"],
    ["choice(1)", "`choice(1)` needs at least two values"],
    ["choice(1, 1)", "`choice(1, 1)` has `1` twice"],
    ["choice(1, , 2)", "`choice(1, , 2)` has an empty value"],
  ])("%s is none", (text, said) => {
    expect(() => rangeOf(text)).toThrow(said);
  });

  test("is read as it is written", () => {
    fc.assert(
      fc.property(ranges, (range) => {
        expect(rangeOf(rangeText(range))).toEqual(range);
      }),
    );
  });

  test("has the values that are drawn of it, where it says they are", () => {
    fc.assert(
      fc.property(ranges, place, (range, at) => {
        const text = valueAt(range, at);
        const found = fractionOf(range, text);
        expect(found).not.toBeNull();
        expect(found!).toBeGreaterThanOrEqual(0);
        expect(found!).toBeLessThanOrEqual(1);
        if (range.kind === "choice")
          expect(Math.floor(found! * range.values.length)).toBe(range.values.indexOf(text));
        else expect(Number(text)).toSatisfy((value: number) => value >= range.low && value <= range.high);
        if (range.kind === "int") expect(Number.isInteger(Number(text))).toBe(true);
        if (range.kind === "log") expect(Math.abs(found! - at)).toBeLessThan(0.01);
      }),
    );
  });

  test("has every whole number and every choice as often as the others", () => {
    const counts = (range: ParamRange) => {
      const found = new Map<string, number>();
      for (let i = 0; i < 1200; i++) {
        const text = valueAt(range, i / 1200);
        found.set(text, (found.get(text) ?? 0) + 1);
      }
      return [...found];
    };
    expect(counts({ kind: "int", low: 2, high: 5 })).toEqual([2, 3, 4, 5].map((each) => [String(each), 300]));
    expect(counts({ kind: "choice", values: ["a", "b", "c"] })).toEqual(
      ["a", "b", "c"].map((each) => [each, 400]),
    );
  });
});

describe("what is drawn", () => {
  const space = new Map<string, ParamRange>([
    ["rate", { kind: "log", low: 1e-4, high: 1e-2 }],
    ["units", { kind: "choice", values: ["[64]", "[200, 80]"] }],
  ]);

  test.each(["sobol", "random"] as const)("by %s follows from number and seed alone", (search) => {
    const all = Array.from({ length: 50 }, (_, i) => drawn(space, i, search, 7));
    expect(drawn(space, 31, search, 7)).toEqual(all[31]);
    expect(new Set(all.map(({ rate }) => rate)).size).toBeGreaterThan(40);
    expect(Array.from({ length: 50 }, (_, i) => drawn(space, i, search, 8))).not.toEqual(all);
    const chosen = all.filter(({ units }) => units === "[64]").length;
    expect(chosen).toBeGreaterThan(12);
    expect(chosen).toBeLessThan(38);
  });
});

describe("Sobol's sequence", () => {
  test.each(Array.from({ length: MOST_DIMENSIONS }, (_, dimension) => [dimension]))(
    "dimension %i has a point in each of 2^k equal parts, for every seed",
    (dimension) => {
      for (const seed of [0, 1, 2026])
        for (const k of [1, 3, 5, 8]) {
          const parts = Array.from({ length: 2 ** k }, (_, i) =>
            Math.floor(2 ** k * sobolPoint(i, MOST_DIMENSIONS, seed)[dimension]!),
          );
          expect(new Set(parts).size).toBe(2 ** k);
        }
    },
  );

  test("has a point in each box of the first two dimensions, whatever its form", () => {
    for (let wide = 0; wide <= 6; wide++) {
      const boxes = Array.from({ length: 64 }, (_, i) => {
        const [x, y] = sobolPoint(i, 2, 5) as [number, number];
        return `${Math.floor(2 ** wide * x)} ${Math.floor(2 ** (6 - wide) * y)}`;
      });
      expect(new Set(boxes).size).toBe(64);
    }
  });

  test("has the points that Joe and Kuo's direction numbers give", () => {
    // Without the shift: differences to point 0. By hand, from the recurrence of Bratley and Fox (1988, section 2).
    const bits = (i: number) => sobolPoint(i, 6, 3).map((x) => (x * 2 ** 32) >>> 0);
    const zero = bits(0);
    const plain = (i: number) => bits(i).map((each, k) => ((each ^ zero[k]!) >>> 0) / 2 ** 32);
    expect(plain(1)).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
    expect(plain(2)).toEqual([0.25, 0.75, 0.75, 0.75, 0.25, 0.25]);
    expect(plain(3)).toEqual([0.75, 0.25, 0.25, 0.25, 0.75, 0.75]);
    expect(plain(4)).toEqual([0.125, 0.625, 0.375, 0.125, 0.125, 0.375]);
  });
});
