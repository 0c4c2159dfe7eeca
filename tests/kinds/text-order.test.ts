// Texts of equal frequency are in text order, whatever they have in common.

import fc from "fast-check";
import { expect, it } from "vitest";
import { inTextOrder } from "../../compiler/common/text-order.ts";

const text = fc.oneof(
  fc.stringMatching(/^B000[0-9A-F]{0,6}$/),
  fc.stringMatching(/^[ab]{0,30}$/),
  fc.string({ unit: "binary", maxLength: 7 }),
  fc.constantFrom("", "\0", "\0\0", "aaaaa", "aaaaa\0", "aaaaaÿ", "aaaaaþ", "é", "\uFFFF", "😀"),
);

it("sorts texts as `<` does", () => {
  fc.assert(
    fc.property(fc.uniqueArray(text, { maxLength: 400 }), (texts) => {
      const indices = [...texts.keys()].map((i) => 3 * i + 1);
      const sorted = inTextOrder(indices, (index) => texts[(index - 1) / 3]!);
      expect(sorted.map((index) => texts[(index - 1) / 3])).toEqual([...texts].sort());
    }),
    { numRuns: 200 },
  );
});
