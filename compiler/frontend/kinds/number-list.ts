// Numbers of a column in the order of its rows, kept until their buckets are known.

const PIECE = 1 << 16;

export class NumberList {
  private readonly pieces: Float64Array[] = [];
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Another list with the same numbers. */
  copy(): NumberList {
    const copy = new NumberList();
    copy.pieces.push(...this.pieces.map((piece) => piece.slice()));
    copy.count = this.count;
    return copy;
  }

  /** Adds a number and returns its index, from 0. */
  add(value: number): number {
    if (this.count === this.pieces.length * PIECE) this.pieces.push(new Float64Array(PIECE));
    this.pieces.at(-1)![this.count % PIECE] = value;
    return this.count++;
  }

  at(index: number): number {
    return this.pieces[Math.floor(index / PIECE)]![index % PIECE]!;
  }
}
