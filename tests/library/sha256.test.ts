// SHA-256 without Node's.

import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sha256 } from "../../compiler/serve/sha256.ts";

const expected = (text: string) => createHash("sha256").update(text).digest("hex");

test("it is that of node:crypto, whatever the length", () => {
  for (let length = 0; length < 200; length++)
    expect(sha256("a".repeat(length))).toBe(expected("a".repeat(length)));
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 500 }), (text) => {
      expect(sha256(text)).toBe(expected(text));
    }),
  );
});
