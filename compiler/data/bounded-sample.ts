// A sample of rows that are read once, in any order. It is spread over all rows and its memory is limited. A
// hash of the row number decides, so each row has the same probability, and the same rows give the same
// sample.

/** The limits of a sample: rows, and the sum of their sizes. */
export interface SampleLimits {
  readonly rows: number;
  readonly size: number;
}

interface Drawn<T> {
  readonly hash: number;
  readonly size: number;
  readonly value: T;
}

export class BoundedSample<T> {
  /** In the order of reading. */
  private drawn: Drawn<T>[] = [];
  private size = 0;
  /** Rows with a smaller hash are drawn. */
  private limit = 2 ** 32;
  private readonly most: SampleLimits;
  private readonly drop: (value: T) => void;

  /** `drop` receives each value that was drawn and isn't kept. */
  constructor(most: SampleLimits, drop: (value: T) => void = () => {}) {
    this.most = most;
    this.drop = drop;
  }

  get values(): readonly T[] {
    return this.drawn.map(({ value }) => value);
  }

  /** `read` returns the part of the row to keep; it is called only if the row is drawn. */
  add(row: number, read: () => { readonly size: number; readonly value: T }): void {
    const hash = hashOf(row);
    if (hash >= this.limit) return;
    const drawn = { hash, ...read() };
    this.drawn.push(drawn);
    this.size += drawn.size;
    const { rows, size } = this.most;
    while (this.drawn.length > rows || (this.size > size && this.drawn.length > 1)) this.thin();
  }

  private thin(): void {
    this.limit *= 0.75;
    this.drawn = this.drawn.filter(({ hash, value }) => {
      if (hash >= this.limit) this.drop(value);
      return hash < this.limit;
    });
    this.size = this.drawn.reduce((sum, { size }) => sum + size, 0);
  }
}

/** 32 bits that are independent for consecutive numbers (the finaliser of MurmurHash3). */
function hashOf(row: number): number {
  let x = (row ^ Math.imul(Math.floor(row / 2 ** 32), 0x9e3779b9)) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
