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

/**
 * The words of a slot, side by side because memory is slow: its head, and the three words of a short text. A longer text has
 * its hash, its place among the long texts and its length there.
 */
const SLOT = 4;

/** The bits of a head below the number + 1: the length of a short text, or `LONG`. A free slot has the head 0. */
const LENGTH_BITS = 4;
const LONG = 15;

/** Holds a text while it is found. */
const buffer = new WordBuffer();

/** The slots of many texts, while they are found. */
let found = new Int32Array(0);

function foundOf(count: number): Int32Array {
  if (found.length < count) found = new Int32Array(count);
  return found;
}

export class Interner {
  private count = 0;
  /** The number of slots is a power of two, and at most two thirds of them are used. */
  private slots: Int32Array = new Int32Array(SLOT * 64);
  /** By number, the first word of its slot. */
  private places: Int32Array = new Int32Array(32);
  /** The words of long texts. */
  private words: Int32Array = new Int32Array(0);
  private used = 0;
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
    return text === null ? -1 : this.numberIn(this.slotOf(buffer.take(text)));
  }

  /** Like `add`, for a text of at most twelve bytes (see text-words.ts). */
  addShort(length: number, a: number, b: number, c: number): number {
    const slot = this.shortSlot(length, a, b, c);
    const number = this.numberIn(slot);
    return number < 0 ? this.insert(slot, length, a, b, c) : number;
  }

  /** Like `find`, for a text of at most twelve bytes. */
  findShort(length: number, a: number, b: number, c: number): number {
    return this.numberIn(this.shortSlot(length, a, b, c));
  }

  /**
   * Like `findShort`, for each of many texts: `texts` has four words for each, its length first. Also −1 for a longer text.
   * The first loops only read slots, so that the processor waits for many of them at once.
   */
  findShorts(texts: Int32Array, count: number, numbers: Int32Array): void {
    const { slots } = this;
    const found = foundOf(count);
    const mask = slots.length - 1;
    for (let i = 0, at = 0; i < count; i++, at += 4)
      found[i] = (SLOT * hashOfShort(texts[at]!, texts[at + 1]!, texts[at + 2]!, texts[at + 3]!)) & mask;
    for (let i = 0; i < count; i++) numbers[i] = slots[found[i]!]!;
    for (let i = 0, at = 0; i < count; i++, at += 4) {
      const head = numbers[i]!;
      const [length, a, b, c] = [texts[at]!, texts[at + 1]!, texts[at + 2]!, texts[at + 3]!];
      const slot = found[i]!;
      if (length > LONGEST_SHORT || length < 0) numbers[i] = -1;
      else if (
        (head & LONG) === length &&
        slots[slot + 1] === a &&
        slots[slot + 2] === b &&
        slots[slot + 3] === c
      )
        numbers[i] = (head >>> LENGTH_BITS) - 1;
      else numbers[i] = head === 0 ? -1 : this.findShort(length, a, b, c);
    }
  }

  /** The value with this number, as text. */
  at(number: number): string {
    const slot = this.places[number]!;
    const length = this.slots[slot]! & LONG;
    return length === LONG
      ? textIn(this.words, this.slots[slot + 2]!, this.slots[slot + 3]!)
      : textIn(this.slots, slot + 1, length);
  }

  private addText(text: string | null): number {
    if (text === null) return -1;
    const length = buffer.take(text);
    const { words } = buffer;
    if (length <= LONGEST_SHORT) return this.addShort(length, words[0]!, words[1]!, words[2]!);
    const slot = this.slotOf(length);
    const number = this.numberIn(slot);
    if (number >= 0) return number;
    const [place, count] = [this.used, wordsIn(length)];
    this.used += count;
    this.words = grown(this.words, this.used, Int32Array);
    for (let i = 0; i < count; i++) this.words[place + i] = words[i]!;
    return this.insert(slot, LONG, hashOfWords(length, words), place, length);
  }

  /** −1 if the slot is free. */
  private numberIn(slot: number): number {
    return (this.slots[slot]! >>> LENGTH_BITS) - 1;
  }

  /** The slot that has the text in `buffer`, or the free slot for it. */
  private slotOf(length: number): number {
    const { words } = buffer;
    if (length <= LONGEST_SHORT) return this.shortSlot(length, words[0]!, words[1]!, words[2]!);
    const { slots } = this;
    const mask = slots.length - 1;
    const hash = hashOfWords(length, words);
    for (let slot = (SLOT * hash) & mask; ; slot = (slot + SLOT) & mask) {
      if (slots[slot] === 0) return slot;
      const isAlike = (slots[slot]! & LONG) === LONG && slots[slot + 1] === hash;
      if (isAlike && slots[slot + 3] === length && this.isAt(slots[slot + 2]!, length)) return slot;
    }
  }

  private shortSlot(length: number, a: number, b: number, c: number): number {
    const { slots } = this;
    const mask = slots.length - 1;
    for (let slot = (SLOT * hashOfShort(length, a, b, c)) & mask; ; slot = (slot + SLOT) & mask) {
      const head = slots[slot]!;
      if (head === 0) return slot;
      if (slots[slot + 1] !== a || (head & LONG) !== length) continue;
      if (slots[slot + 2] === b && slots[slot + 3] === c) return slot;
    }
  }

  private isAt(place: number, length: number): boolean {
    const { words } = this;
    for (let i = 0; i < wordsIn(length); i++) if (words[place + i] !== buffer.words[i]) return false;
    return true;
  }

  /** Fills a free slot; returns the new number. */
  private insert(slot: number, length: number, a: number, b: number, c: number): number {
    const { slots } = this;
    const number = this.count++;
    slots[slot] = (this.count << LENGTH_BITS) | length;
    slots[slot + 1] = a;
    slots[slot + 2] = b;
    slots[slot + 3] = c;
    this.places = grown(this.places, this.count, Int32Array);
    this.places[number] = slot;
    if (3 * SLOT * this.count > 2 * slots.length) this.spread();
    return number;
  }

  private spread(): void {
    const { slots, places } = this;
    const wider = new Int32Array(2 * slots.length);
    const mask = wider.length - 1;
    for (let from = 0; from < slots.length; from += SLOT) {
      const head = slots[from]!;
      if (head === 0) continue;
      const [a, b, c] = [slots[from + 1]!, slots[from + 2]!, slots[from + 3]!];
      const length = head & LONG;
      let slot = (SLOT * (length === LONG ? a : hashOfShort(length, a, b, c))) & mask;
      while (wider[slot] !== 0) slot = (slot + SLOT) & mask;
      wider[slot] = head;
      wider[slot + 1] = a;
      wider[slot + 2] = b;
      wider[slot + 3] = c;
      places[(head >>> LENGTH_BITS) - 1] = slot;
    }
    this.slots = wider;
  }
}

function textIn(words: Int32Array, place: number, length: number): string {
  return textOfBytes(new Uint8Array(words.buffer, 4 * place, length));
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
