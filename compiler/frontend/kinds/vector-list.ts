// Distinct vectors in the order of their first appearance, kept until their codes are known.

const PIECE = 1 << 12;

export class VectorList {
  readonly width: number;
  private readonly pieces: Float32Array[] = [];
  private count = 0;
  private hashes: Int32Array = new Int32Array(64);
  /** By slot, the number of a vector + 1, or 0. A power of two, at most half of them used. */
  private slots: Int32Array = new Int32Array(128);

  constructor(width: number) {
    this.width = width;
  }

  get size(): number {
    return this.count;
  }

  /** Another list with the same vectors, which have the same numbers. */
  copy(): VectorList {
    const copy = new VectorList(this.width);
    copy.pieces.push(...this.pieces.map((piece) => piece.slice()));
    copy.count = this.count;
    for (const key of ["hashes", "slots"] as const) copy[key] = this[key].slice();
    return copy;
  }

  /** Returns the number of a vector, a new one if necessary. */
  add(vector: Float32Array): number {
    const hash = hashOf(vector);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (; this.slots[slot] !== 0; slot = (slot + 1) & mask) {
      const number = this.slots[slot]! - 1;
      if (this.hashes[number] === hash && isSame(this.at(number), vector)) return number;
    }
    this.slots[slot] = this.count + 1;
    if (this.count % PIECE === 0) this.pieces.push(new Float32Array(PIECE * this.width));
    if (this.count === this.hashes.length) this.grow();
    this.hashes[this.count] = hash;
    this.at(this.count).set(vector);
    if (2 * ++this.count > this.slots.length) this.rehash();
    return this.count - 1;
  }

  at(index: number): Float32Array {
    const from = (index % PIECE) * this.width;
    return this.pieces[Math.floor(index / PIECE)]!.subarray(from, from + this.width);
  }

  /** The same for equal vectors. */
  hashAt(index: number): number {
    return this.hashes[index]!;
  }

  private grow(): void {
    const longer = new Int32Array(2 * this.hashes.length);
    longer.set(this.hashes);
    this.hashes = longer;
  }

  private rehash(): void {
    this.slots = new Int32Array(2 * this.slots.length);
    const mask = this.slots.length - 1;
    for (let number = 0; number < this.count; number++) {
      let slot = this.hashes[number]! & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = number + 1;
    }
  }
}

/** A hash of the bits of the numbers. */
function hashOf(vector: Float32Array): number {
  const words = new Int32Array(vector.buffer, vector.byteOffset, vector.length);
  let hash = 0;
  for (let i = 0; i < words.length; i++) {
    hash = Math.imul(hash ^ words[i]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

function isSame(a: Float32Array, b: Float32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
