// Ids by hash: MurmurHash3 (Austin Appleby, the 32-bit form for x86), the same as scikit-learn's
// `murmurhash3_32` and that of many other libraries. Training reads its rows with this and generated code
// contains it.

import { FIRST_KNOWN_ID, type IdSpace, idText, NOT_AN_ID, UNKNOWN_ID, whyNotAnId } from "./features.ts";

/** Any text or whole number, in one of `size` buckets. Every value is known; two values may share an id. */
export class HashedIds implements IdSpace {
  readonly known: number;
  private readonly seed: number;

  constructor(size: number, seed = 0) {
    this.known = size;
    this.seed = seed;
  }

  idOf(value: unknown): number {
    const text = idText(value);
    return text === null ? NOT_AN_ID : FIRST_KNOWN_ID + (hashText(text, this.seed) % this.known);
  }

  whyNot(value: unknown): string {
    return whyNotAnId(value);
  }
}

/**
 * The id of a cross: hashes its parts' ids, each as four little-endian bytes, into one of `size` buckets. The
 * cross is unknown if a part is.
 */
export function crossId(size: number, ...parts: readonly number[]): number {
  let hash = 0;
  for (let i = 0; i < parts.length; i++) {
    if (parts[i]! < FIRST_KNOWN_ID) return UNKNOWN_ID;
    hash = hashWord(hash, parts[i]!);
  }
  return FIRST_KNOWN_ID + (hashEnd(hash, 4 * parts.length) % size);
}

/** The hash of a text's UTF-8 bytes, from 0 to 2³² − 1. An unpaired surrogate counts as U+FFFD. */
export function hashText(text: string, seed = 0): number {
  let hash = seed;
  let word = 0;
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    let code = unit;
    if (unit >= 0xd800 && unit < 0xe000) {
      const low = unit < 0xdc00 ? text.charCodeAt(i + 1) : 0;
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        i++;
      } else code = 0xfffd;
    }
    const following = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    const mark = following === 0 ? 0 : (0xf00 >> (following + 1)) & 0xff;
    for (let at = following; at >= 0; at--) {
      const bits = code >> (6 * at);
      const byte = at === following ? mark | bits : 0x80 | (bits & 0x3f);
      word |= byte << (8 * (length % 4));
      length++;
      if (length % 4 === 0) {
        hash = hashWord(hash, word);
        word = 0;
      }
    }
  }
  if (length % 4 !== 0) hash ^= scrambled(word);
  return hashEnd(hash, length);
}

function scrambled(word: number): number {
  const k = Math.imul(word, 0xcc9e2d51);
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593);
}

function hashWord(hash: number, word: number): number {
  const h = hash ^ scrambled(word);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

/** From 0 to 2³² − 1. */
function hashEnd(hash: number, length: number): number {
  let h = hash ^ length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
