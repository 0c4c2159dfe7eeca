// The results of a step: its outputs; the batch's values without rows in memory, including all parameters;
// and the batch's rows of tables, with the optimizer's slots.

type Arrays = Readonly<Record<string, Float32Array | Int32Array>>;

/** Neighbouring words. */
export interface WordRange {
  readonly from: number;
  readonly length: number;
}

export class LeftByStep {
  private readonly words: Int32Array;
  private readonly ranges: () => readonly WordRange[];
  private readonly outputs: () => Arrays;
  private found: readonly WordRange[] | null = null;

  /** The content of `ranges` of `words`, and outputs that are elsewhere. */
  constructor(words: Int32Array, ranges: () => readonly WordRange[], outputs: () => Arrays) {
    this.words = words;
    this.ranges = ranges;
    this.outputs = outputs;
  }

  /** The content of the memory, as one array. */
  state(): Int32Array {
    this.found ??= this.ranges();
    const kept = new Int32Array(this.found.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const { from, length } of this.found) {
      kept.set(this.words.subarray(from, from + length), at);
      at += length;
    }
    return kept;
  }

  /** Restores the content of the memory. */
  put(state: Int32Array): void {
    let at = 0;
    for (const { from, length } of this.found!) {
      this.words.set(state.subarray(at, at + length), from);
      at += length;
    }
  }

  /** All results as they are now. */
  all(): Arrays {
    return { ...this.outputs(), "": this.state() };
  }

  /** Tells whether all results have the same bits now. One NaN is as good as another. */
  isSame(as: Arrays): boolean {
    const now = this.all();
    return Object.entries(as).every(([name, values]) => {
      const [one, other] = [wordsOf(values), wordsOf(now[name]!)];
      return one.every((word, i) => word === other[i] || (isNaNWord(word) && isNaNWord(other[i]!)));
    });
  }
}

/** Whether the word is a NaN as a float; no integer of a step is that large. */
function isNaNWord(word: number): boolean {
  return (word & 0x7fffffff) > 0x7f800000;
}

function wordsOf({ buffer, byteOffset, length }: Float32Array | Int32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}
