// Numbers distinct raw values in the order of their first appearance. Open addressing over typed arrays: some 30 bytes a
// value and nothing for the garbage collector to walk, since there may be millions of users and items.

import { idText } from "../../serve/features.ts";

/** The number of texts that are joined while one is read back. */
const UNITS_A_CALL = 4096;

/** Whole numbers below this are found without making their text, which takes 16 MB at most. */
const SMALL = 1 << 22;

export class Interner {
  private count = 0;
  /**
   * By slot, the number + 1 of its value, 0 if it is empty, and the hash of the value beside it, because memory
   * is slow. The number of slots is a power of two, and at most two thirds of them are used.
   */
  private slots: Int32Array = new Int32Array(2 * 64);
  /** All texts in a row; text n begins at starts[n]. */
  private units: Uint16Array = new Uint16Array(256);
  private starts: Float64Array = new Float64Array(33);
  /** The number + 1 of each small whole number, 0 if it has not occurred. */
  private small: Int32Array = new Int32Array(64);

  get size(): number {
    return this.count;
  }

  /** Another interner with the same values, which have the same numbers. */
  copy(): Interner {
    const copy = new Interner();
    copy.count = this.count;
    for (const key of ["slots", "small"] as const) copy[key] = this[key].slice();
    copy.units = this.units.slice();
    copy.starts = this.starts.slice();
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

  /** The number of a value, −1 if it has none. */
  find(value: unknown): number {
    const known = typeof value === "number" ? (this.small[value] ?? 0) : 0;
    if (known > 0) return known - 1;
    const text = idText(value);
    return text === null ? -1 : this.slots[this.slotOf(text, hashOf(text))]! - 1;
  }

  /** The value with this number, as text. */
  at(number: number): string {
    const end = this.starts[number + 1]!;
    let text = "";
    for (let from = this.starts[number]!; from < end; from += UNITS_A_CALL)
      text += textOf(this.units.subarray(from, Math.min(end, from + UNITS_A_CALL)));
    return text;
  }

  private addText(text: string | null): number {
    if (text === null) return -1;
    const hash = hashOf(text);
    const slot = this.slotOf(text, hash);
    const known = this.slots[slot]!;
    return known > 0 ? known - 1 : this.insert(text, hash, slot);
  }

  /** The index of the slot that has the text, or of the free slot for it. */
  private slotOf(text: string, hash: number): number {
    const { slots } = this;
    const mask = slots.length - 1;
    for (let slot = (2 * hash) & mask; ; slot = (slot + 2) & mask) {
      const number = slots[slot]! - 1;
      if (number < 0 || (slots[slot + 1] === hash && this.isAt(number, text))) return slot;
    }
  }

  private isAt(number: number, text: string): boolean {
    const start = this.starts[number]!;
    if (this.starts[number + 1]! - start !== text.length) return false;
    for (let i = 0; i < text.length; i++) if (this.units[start + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  private insert(text: string, hash: number, slot: number): number {
    const number = this.count++;
    const start = this.starts[number]!;
    this.units = grown(this.units, start + text.length, Uint16Array);
    for (let i = 0; i < text.length; i++) this.units[start + i] = text.charCodeAt(i);
    this.starts = grown(this.starts, number + 2, Float64Array);
    this.starts[number + 1] = start + text.length;
    this.slots[slot] = number + 1;
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

/** Without a copy of the units, which a spread would make. */
function textOf(units: Uint16Array): string {
  return Reflect.apply(String.fromCharCode, null, units);
}

/** FNV-1a over UTF-16 units, mixed once more because slots use its low bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  return hash ^ (hash >>> 15);
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
