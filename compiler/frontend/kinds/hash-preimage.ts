// Texts with a given hash, for requests that are made up to reach a given bucket: MurmurHash3 (compiler/serve/hashing.ts)
// of eight bytes is undone step by step, which gives the four bytes that lead from any state to any other.

const FIRST = 0x20;
const LAST = 0x7e;

/**
 * Eight ASCII characters whose hash has the remainder `bucket` modulo `size`; always the same, and different
 * for each `nth` from 0.
 */
export function textInBucket(bucket: number, size: number, nth = 0, seed = 0): string {
  for (let state = 0, found = 0; ; state++) {
    const start = textOf(wordBetween(seed, state));
    if (start === null) continue;
    // Tries hashes with this remainder until the text ends in printable characters.
    for (let hash = bucket, tried = 0; hash <= 0xffffffff && tried < 1000; hash += size, tried++) {
      const end = textOf(wordBetween(state, undoEnd(hash, 8)));
      if (end === null) continue;
      if (found++ === nth) return start + end;
      break;
    }
  }
}

function textOf(word: number): string | null {
  const codes = [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff);
  return codes.every((code) => code >= FIRST && code <= LAST) ? String.fromCharCode(...codes) : null;
}

/** The word that turns the state `before` into `after`. */
function wordBetween(before: number, after: number): number {
  const rotated = Math.imul((after - 0xe6546b64) | 0, inverse(5));
  return unscrambled(turned(rotated, 19) ^ before);
}

function unscrambled(k: number): number {
  return Math.imul(turned(Math.imul(k, inverse(0x1b873593)), 17), inverse(0xcc9e2d51));
}

function undoEnd(hash: number, length: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, inverse(0xc2b2ae35));
  h = h ^ (h >>> 13) ^ (h >>> 26);
  h = Math.imul(h, inverse(0x85ebca6b));
  return h ^ (h >>> 16) ^ length;
}

function turned(word: number, left: number): number {
  return (word << left) | (word >>> (32 - left));
}

/**
 * The inverse of an odd number modulo 2³² (Newton's iteration doubles the correct bits each time, from 3).
 */
function inverse(odd: number): number {
  let x = odd;
  for (let i = 0; i < 4; i++) x = Math.imul(x, 2 - Math.imul(odd, x));
  return x;
}
