// What a raw value means: the same in training and in generated code.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  IntegerRange,
  idText,
  latestFrom,
  NOT_AN_ID,
  UNKNOWN_ID,
  Vocabulary,
} from "../../compiler/serve/features.ts";
import { log1p, Numbers, standardize } from "../../compiler/serve/numbers.ts";

describe("ids", () => {
  test("whole numbers and their decimal text are one id", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        expect(idText(n)).toBe(idText(BigInt(n)));
        expect(idText(n)).toBe(idText(String(n)));
        const vocabulary = new Vocabulary(["other", String(n)]);
        expect([n, BigInt(n), String(n)].map((value) => vocabulary.idOf(value))).toEqual([3, 3, 3]);
      }),
    );
  });
  test("neighbours beyond 2⁵³ stay two ids, and cannot be given as numbers", () => {
    const vocabulary = new Vocabulary(["9007199254740992", "9007199254740993"]);
    expect(vocabulary.idOf(9007199254740992n)).toBe(2);
    expect(vocabulary.idOf(9007199254740993n)).toBe(3);
    expect(vocabulary.idOf("9007199254740993")).toBe(3);
    expect(vocabulary.idOf(2 ** 53)).toBe(NOT_AN_ID);
  });
  test("minus zero is zero; other spellings of a number are other ids", () => {
    const vocabulary = new Vocabulary(["0", "1"]);
    expect(vocabulary.idOf(-0)).toBe(2);
    for (const other of ["01", " 1", "1.0", "1e0", "-0", ""]) expect(vocabulary.idOf(other)).toBe(UNKNOWN_ID);
  });
  test("what cannot be an id", () => {
    const spaces = [new Vocabulary(["1"]), new IntegerRange(0, 3)];
    for (const space of spaces)
      for (const value of [1.5, Number.NaN, Number.POSITIVE_INFINITY, null, undefined, true, {}, ["1"]])
        expect(space.idOf(value)).toBe(NOT_AN_ID);
  });
  test("names that every object has are values like any other", () => {
    const vocabulary = new Vocabulary(["a"]);
    for (const name of ["constructor", "__proto__", "toString"])
      expect(vocabulary.idOf(name)).toBe(UNKNOWN_ID);
    expect(new Vocabulary(["__proto__"]).idOf("__proto__")).toBe(2);
  });
  test("a range knows what a vocabulary of its numbers knows", () => {
    const range = new IntegerRange(-2, 5);
    const vocabulary = new Vocabulary(["-2", "-1", "0", "1", "2"]);
    for (const value of [
      -3,
      -2,
      0,
      -0,
      2,
      3,
      "-2",
      "2",
      "02",
      "+2",
      "2.0",
      "x",
      "",
      2n,
      -9n,
      10n ** 30n,
      2 ** 60,
    ])
      expect([value, range.idOf(value)]).toEqual([value, vocabulary.idOf(value)]);
  });
});

describe("numbers", () => {
  const numbers = new Numbers([log1p(), standardize(1, 2)]);
  test("go through their transforms in order", () => {
    expect(numbers.numberOf(Math.E - 1)).toBeCloseTo(0, 7);
    expect(new Numbers([]).numberOf(5)).toBe(5);
  });
  test.each([
    [-1, "must not be negative (log1p), but is -1"],
    [Number.NaN, "must be finite, not NaN"],
    [Number.POSITIVE_INFINITY, "must be finite, not Infinity"],
    ["3", "must be a number"],
    [3n, "must be a number"],
    [undefined, "is missing"],
  ])("%s is refused", (value, why) => {
    expect(numbers.numberOf(value)).toBeNaN();
    expect(numbers.whyNot(value)).toBe(why);
  });
  test("what 32 bits cannot hold is refused", () => {
    expect(new Numbers([]).numberOf(1e39)).toBeNaN();
    expect(new Numbers([]).whyNot(1e39)).toBe("is 1e+39, out of the range of 32-bit floats");
  });
});

test("truncation keeps the latest steps", () => {
  expect(latestFrom(7, 5)).toBe(2);
  expect(latestFrom(5, 5)).toBe(0);
  expect(latestFrom(0, 5)).toBe(0);
});
