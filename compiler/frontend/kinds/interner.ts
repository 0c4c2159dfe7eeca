// Numbers distinct raw values in the order of their first appearance. Open addressing over typed arrays: some 40 bytes a
// value and nothing for the garbage collector to walk, since there may be millions of users and items.

import {
  hashOfShort,
  hashOfWords,
  LONGEST_SHORT,
  textOfBytes,
  WordBuffer,
  wordsIn,
} from "../../common/text-words.ts";
import { idText } from "../../serve/features.ts";

/** Whole numbers below this are found without making their text, which takes 16 MB at most. */
const SMALL = 1 << 22;

/** The words before those of a text: its number, and its length in bytes. */
const HEAD = 2;

/** Holds a text while it is found. */
const buffer = new WordBuffer();

/** The hashes of many texts, while they are found. */
let hashes = new Int32Array(0);

function hashesOf(count: number): Int32Array {
  if (hashes.length < count) hashes = new Int32Array(count);
  return hashes;
}

export class Interner {
  private count = 0;
  /**
   * By slot, the place + 1 of its text, 0 if it is empty, and the hash of the text beside it, because memory is slow.
   * The number of slots is a power of two, and at most two thirds of them are used.
   */
  private slots: Int32Array = new Int32Array(2 * 64);
  /** All texts in a row, each after its head. */
  private words: Int32Array = new Int32Array(256);
  private used = 0;
  /** By number, the place of its text. */
  private places: Int32Array = new Int32Array(32);
  /** The number + 1 of each small whole number, 0 if it has not occurred. */
  private small: Int32Array = new Int32Array(64);

  get size(): number {
    return this.count;
  }

  /** Another interner with the same values, which have the same numbers. */
  copy(): Interner {
    const copy = new Interner();
    [copy.count, copy.used] = [this.count, this.used];
    for (const key of ["slots", "words", "places", "small"] as const) copy[key] = this[key].slice();
    return copy;
  }

  /** Returns the number of a value, a new one if necessary; −1 if it cannot be an id. */
  add(given: unknown): number {
    // A large number only has to stay large.
    const value = typeof given === "bigint" ? Number(given) : given;
    if (typeof value !== "number" || !(value >= 0 && value < SMALL)) return this.addText(idText(given));
    // Undefined for a fraction.
    const known = this.small[value] ?? 0;
    if (known > 0) return known - 1;
    const number = this.addText(idText(value));
    if (number >= 0) {
      this.small = grown(this.small, value + 1, Int32Array);
      this.small[value] = number + 1;
    }
    return number;
  }

  /** Like `add`, for a whole number that isn't negative. */
  addWhole(value: number): number {
    const known = value < this.small.length ? this.small[value]! : 0;
    return known > 0 ? known - 1 : this.add(value);
  }

  /** The number of a value, −1 if it has none. */
  find(value: unknown): number {
    const known = typeof value === "number" ? (this.small[value] ?? 0) : 0;
    if (known > 0) return known - 1;
    const text = idText(value);
    if (text === null) return -1;
    const length = buffer.take(text);
    const place = this.slots[this.slotOf(length, hashOfWords(length, buffer.words))]! - 1;
    return place < 0 ? -1 : this.words[place]!;
  }

  /** Like `add`, for a text of at most twelve bytes (see text-words.ts). */
  addShort(length: number, a: number, b: number, c: number): number {
    const hash = hashOfShort(length, a, b, c);
    const slot = this.shortSlot(hash, length, a, b, c);
    const place = this.slots[slot]! - 1;
    if (place >= 0) return this.words[place]!;
    const { words } = buffer;
    words[0] = a;
    words[1] = b;
    words[2] = c;
    return this.insert(length, hash, slot);
  }

  /** Like `find`, for a text of at most twelve bytes. */
  findShort(length: number, a: number, b: number, c: number): number {
    const slot = this.shortSlot(hashOfShort(length, a, b, c), length, a, b, c);
    const place = this.slots[slot]! - 1;
    return place < 0 ? -1 : this.words[place]!;
  }

  /**
   * Like `findShort`, for each of many texts: `texts` has four words for each, its length first. Also −1 for a longer text.
   * Each loop reads one kind of memory, so that the processor waits for many places at once.
   */
  findShorts(texts: Int32Array, count: number, numbers: Int32Array): void {
    const { slots, words } = this;
    const hashes = hashesOf(count);
    const mask = slots.length - 1;
    for (let i = 0, at = 0; i < count; i++, at += 4)
      hashes[i] = hashOfShort(texts[at]!, texts[at + 1]!, texts[at + 2]!, texts[at + 3]!);
    for (let i = 0; i < count; i++) numbers[i] = slots[(2 * hashes[i]!) & mask]!;
    for (let i = 0; i < count; i++) {
      if (numbers[i] === 0) continue;
      const hash = hashes[i]!;
      let slot = (2 * hash) & mask;
      while (slots[slot] !== 0 && slots[slot + 1] !== hash) slot = (slot + 2) & mask;
      numbers[i] = slots[slot]!;
    }
    for (let i = 0; i < count; i++) {
      const place = numbers[i]! - 1;
      numbers[i] = place;
      hashes[i] = place < 0 ? 0 : words[place + 1]!;
    }
    for (let i = 0, at = 0; i < count; i++, at += 4) {
      const place = numbers[i]!;
      if (place < 0) continue;
      const [length, a, b, c] = [texts[at]!, texts[at + 1]!, texts[at + 2]!, texts[at + 3]!];
      const isSame = hashes[i] === length && words[place + 2] === a && words[place + 3] === b;
      // Other texts may have the same hash.
      if (length > LONGEST_SHORT || length < 0) numbers[i] = -1;
      else numbers[i] = isSame && words[place + 4] === c ? words[place]! : this.findShort(length, a, b, c);
    }
  }

  /** The value with this number, as text. */
  at(number: number): string {
    const place = this.places[number]!;
    return textOfBytes(new Uint8Array(this.words.buffer, 4 * (place + HEAD), this.words[place + 1]!));
  }

  private addText(text: string | null): number {
    if (text === null) return -1;
    const length = buffer.take(text);
    const hash = hashOfWords(length, buffer.words);
    const slot = this.slotOf(length, hash);
    const place = this.slots[slot]! - 1;
    return place < 0 ? this.insert(length, hash, slot) : this.words[place]!;
  }

  /** The index of the slot that has the text in `buffer`, or of the free slot for it. */
  private slotOf(length: number, hash: number): number {
    const { slots } = this;
    const mask = slots.length - 1;
    for (let slot = (2 * hash) & mask; ; slot = (slot + 2) & mask) {
      const place = slots[slot]! - 1;
      if (place < 0 || (slots[slot + 1] === hash && this.isAt(place, length))) return slot;
    }
  }

  private shortSlot(hash: number, length: number, a: number, b: number, c: number): number {
    const { slots, words } = this;
    const mask = slots.length - 1;
    for (let slot = (2 * hash) & mask; ; slot = (slot + 2) & mask) {
      const place = slots[slot]! - 1;
      if (place < 0) return slot;
      if (slots[slot + 1] !== hash || words[place + 1] !== length) continue;
      if (words[place + 2] === a && words[place + 3] === b && words[place + 4] === c) return slot;
    }
  }

  private isAt(place: number, length: number): boolean {
    const { words } = this;
    if (words[place + 1] !== length) return false;
    for (let i = 0; i < wordsIn(length); i++) if (words[place + HEAD + i] !== buffer.words[i]) return false;
    return true;
  }

  /** Adds the text in `buffer`. */
  private insert(length: number, hash: number, slot: number): number {
    const number = this.count++;
    const place = this.used;
    const count = wordsIn(length);
    this.used += HEAD + count;
    this.words = grown(this.words, this.used, Int32Array);
    this.words[place] = number;
    this.words[place + 1] = length;
    for (let i = 0; i < count; i++) this.words[place + HEAD + i] = buffer.words[i]!;
    this.places = grown(this.places, number + 1, Int32Array);
    this.places[number] = place;
    this.slots[slot] = place + 1;
    this.slots[slot + 1] = hash;
    if (3 * this.count > this.slots.length) this.spread();
    return number;
  }

  private spread(): void {
    const { slots } = this;
    const wider = new Int32Array(2 * slots.length);
    const mask = wider.length - 1;
    for (let from = 0; from < slots.length; from += 2) {
      if (slots[from] === 0) continue;
      let slot = (2 * slots[from + 1]!) & mask;
      while (wider[slot] !== 0) slot = (slot + 2) & mask;
      wider[slot] = slots[from]!;
      wider[slot + 1] = slots[from + 1]!;
    }
    this.slots = wider;
  }
}

/** A copy with room for `length`. */
export function grown<T extends Int32Array | Uint16Array | Float64Array>(
  values: T,
  length: number,
  make: new (length: number) => T,
): T {
  if (length <= values.length) return values;
  const larger = new make(Math.max(length, Math.ceil(1.6 * values.length)));
  larger.set(values);
  return larger;
}
