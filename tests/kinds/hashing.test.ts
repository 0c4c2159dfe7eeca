// The hash after `id(hash: n)` and `cross`, and the texts that are made up to reach a bucket.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textInBucket } from "../../compiler/frontend/kinds/hash-preimage.ts";
import { crossId, HashedIds, hashText } from "../../compiler/serve/hashing.ts";

describe("hashText", () => {
  // From Appleby's reference implementation, over UTF-8.
  it.each([
    ["", 0],
    ["hello", 613153351],
    ["hello, world", 345750399],
    ["The quick brown fox jumps over the lazy dog", 776992547],
    ["é😀x\ufffd", 2413015060],
  ])("is MurmurHash3 of %j", (text, hash) => expect(hashText(text)).toBe(hash));

  // As scikit-learn's murmurhash3_32 gives them.
  it.each([
    ["hello", 1, 3142237357],
    ["hello", 2147483647, 2932207495],
  ])("is MurmurHash3 of %j with the seed %i", (text, seed, hash) => expect(hashText(text, seed)).toBe(hash));

  it("takes the bytes that TextEncoder gives", () => {
    const bytes = (text: string) => [...new TextEncoder().encode(text)];
    const asText = (text: string) => new TextDecoder().decode(Uint8Array.from(bytes(text)));
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(hashText(text)).toBe(hashText(asText(text)));
        expect(hashText(text)).toBe(referenceHash(bytes(text)));
        expect(hashText(text, 97)).toBe(referenceHash(bytes(text), 97));
      }),
    );
  });
});

/** MurmurHash3_x86_32 in exact integers, as its definition reads. */
function referenceHash(bytes: readonly number[], seed = 0): number {
  const mask = 0xffffffffn;
  const times = (a: bigint, b: bigint) => (a * b) & mask;
  const turned = (a: bigint, by: bigint) => ((a << by) | (a >> (32n - by))) & mask;
  const mixed = (k: bigint) => times(turned(times(k, 0xcc9e2d51n), 15n), 0x1b873593n);
  const word = (from: number, to: number) =>
    bytes.slice(from, to).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const whole = bytes.length - (bytes.length % 4);
  let h = BigInt(seed);
  for (let i = 0; i < whole; i += 4)
    h = (times(turned(h ^ mixed(word(i, i + 4)), 13n), 5n) + 0xe6546b64n) & mask;
  if (whole < bytes.length) h ^= mixed(word(whole, bytes.length));
  h ^= BigInt(bytes.length);
  h = times(h ^ (h >> 16n), 0x85ebca6bn);
  h = times(h ^ (h >> 13n), 0xc2b2ae35n);
  return Number(h ^ (h >> 16n));
}

describe("HashedIds", () => {
  it("gives every text and whole number one of the ids 2 … n + 1, and nothing else an id", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.maxSafeInteger(), fc.bigInt()),
        fc.integer({ min: 1, max: 1e8 }),
        (value, size) => {
          const id = new HashedIds(size).idOf(value);
          expect(id).toBe(2 + (hashText(String(value)) % size));
          expect(new HashedIds(size).idOf(String(value))).toBe(id);
        },
      ),
    );
    for (const value of [null, undefined, 0.5, Number.NaN, 2 ** 53, true, {}])
      expect(new HashedIds(10).idOf(value)).toBe(-1);
  });
});

describe("crossId", () => {
  const ids = fc.array(fc.integer({ min: 2, max: 1e8 }), { minLength: 2, maxLength: 5 });

  it("is the hash of the ids' bytes", () => {
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 1e8 }), (parts, size) => {
        const bytes = [...new Uint8Array(Int32Array.from(parts).buffer)];
        expect(crossId(size, ...parts)).toBe(2 + (referenceHash(bytes) % size));
      }),
    );
  });

  it("is unknown with an unknown part", () => {
    fc.assert(
      fc.property(ids, fc.nat(), (parts, at) => {
        expect(crossId(100, ...parts.with(at % parts.length, 1))).toBe(1);
      }),
    );
  });
});

it("a text is found for every bucket", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e8 }), fc.nat(), fc.nat(), (size, any, seed) => {
      expect(hashText(textInBucket(any % size, size, 0, seed), seed) % size).toBe(any % size);
    }),
  );
});
