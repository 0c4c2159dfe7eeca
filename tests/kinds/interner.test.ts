// Distinct raw values are numbered in the order of their first appearance, as a Map of their texts would.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LONGEST_SHORT, WordBuffer } from "../../compiler/common/text-words.ts";
import { Interner } from "../../compiler/frontend/kinds/interner.ts";
import { idText } from "../../compiler/serve/features.ts";

const raw = fc.oneof(
  fc.integer({ min: -3, max: 40 }),
  fc.integer({ min: 2 ** 22 - 2, max: 2 ** 22 + 2 }),
  fc.constantFrom(-0, 0.5, Number.NaN, 2 ** 60, null, true),
  fc.bigInt({ min: -3n, max: 40n }),
  fc.string({ unit: "binary", maxLength: 4 }),
  fc.integer({ min: 0, max: 40 }).map(String),
  fc.constantFrom("x".repeat(5000), `${"x".repeat(4999)}y`),
);

describe("an interner", () => {
  it("numbers values as a Map does", () => {
    fc.assert(
      fc.property(fc.array(raw, { maxLength: 300 }), (values) => {
        const interner = new Interner();
        const known = new Map<string, number>();
        for (const value of values) {
          const text = idText(value);
          expect(interner.find(value)).toBe(text === null ? -1 : (known.get(text) ?? -1));
          if (text !== null && !known.has(text)) known.set(text, known.size);
          expect(interner.add(value)).toBe(text === null ? -1 : known.get(text));
        }
        expect(interner.size).toBe(known.size);
        expect([...known.keys()]).toEqual([...known.values()].map((number) => interner.at(number)));
      }),
      { seed: 2026 },
    );
  });

  it("finds many short texts as one after the other", () => {
    const text = fc.oneof(fc.integer({ min: 0, max: 99 }).map(String), fc.string({ maxLength: 14 }));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 200 }), fc.array(text, { maxLength: 99 }), (known, asked) => {
        const interner = new Interner();
        for (const each of known) interner.add(each);
        const buffer = new WordBuffer();
        const texts = new Int32Array(4 * asked.length);
        const numbers = new Int32Array(asked.length);
        for (const [i, each] of asked.entries())
          texts.set([buffer.take(each), ...buffer.words.subarray(0, 3)], 4 * i);
        interner.findShorts(texts, asked.length, numbers);
        const isShort = (each: string) => buffer.take(each) <= LONGEST_SHORT;
        expect([...numbers]).toEqual(asked.map((each) => (isShort(each) ? interner.find(each) : -1)));
        expect(interner.size).toBe(new Set(known).size);
      }),
      { seed: 2026 },
    );
  });

  it("keeps many apart", () => {
    const interner = new Interner();
    const texts = Array.from({ length: 100_000 }, (_, i) => `user-${i}`);
    const numbers = [...texts.keys()];
    expect(texts.map((text) => interner.add(text))).toEqual(numbers);
    expect(texts.map((text) => interner.find(text))).toEqual(numbers);
    expect(numbers.map((number) => interner.at(number))).toEqual(texts);
  });
});
