// A short text that is plainly a number is read from its bytes, and is the number that the same text is as a string.

import fc from "fast-check";
import { expect, it } from "vitest";
import { numberOfShort, numberOfText } from "../../compiler/common/number-text.ts";
import { LONGEST_SHORT, WordBuffer } from "../../compiler/common/text-words.ts";

const texts = fc.oneof(
  fc.stringMatching(/^-?\d{0,7}\.?\d{0,6}$/),
  fc.integer().map(String),
  fc.double({ noNaN: true }).map(String),
  fc.stringMatching(/^[-+.0-9eE_, ]{0,12}$/),
  fc.constantFrom(
    "",
    "-",
    ".",
    "-.",
    "-0",
    "0.0",
    "5.",
    ".5",
    "+5",
    "1e3",
    "nan",
    "NaN",
    "0x10",
    "1_000",
    " 7",
  ),
  fc.constantFrom("999999999999", "0.0000000001", "1..2", "1.2.3", "--1", "1-", "é", "12\0", "\0", "007"),
);

it("reads the number of a text or none", () => {
  const buffer = new WordBuffer();
  const read = (text: string) => {
    const length = buffer.take(text);
    const [a, b, c] = buffer.words as unknown as [number, number, number];
    return length > LONGEST_SHORT ? null : numberOfShort(length, a, b, c);
  };
  let found = 0;
  fc.assert(
    fc.property(texts, (text) => {
      const number = read(text);
      if (number === null) return;
      const isPlain = /^-?(\d+\.?\d*|\.\d+)$/.test(text);
      expect(number).toBe(isPlain ? numberOfText(text) : Number.NaN);
      if (isPlain) found += 1;
    }),
    { numRuns: 2000 },
  );
  expect(found).toBeGreaterThan(100);
});
