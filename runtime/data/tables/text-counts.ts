// Counts texts. Strings are made of the most frequent ones only.

import { Interner } from "../../../compiler/frontend/kinds/interner.ts";
import type { KnownIds } from "./column-statistics.ts";
import { MostFrequent } from "./profile-file.ts";

export class TextCounts {
  private readonly texts = new Interner();
  /** By the text's number. */
  private readonly counts: number[] = [];

  /** The number of distinct texts. */
  get distinct(): number {
    return this.texts.size;
  }

  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  add(text: string): void {
    this.count(this.texts.add(text));
  }

  /** Adds a text of at most twelve bytes (see text-words.ts); returns how often it has occurred. */
  addShort(length: number, a: number, b: number, c: number): number {
    return this.count(this.texts.addShort(length, a, b, c));
  }

  /** The counts of all texts, or of the `listed` ones. */
  ids(listed: readonly string[] | null): KnownIds {
    const { texts, counts } = this;
    const isKnown = new Uint8Array(texts.size).fill(listed === null ? 1 : 0);
    for (const text of listed ?? []) {
      const number = texts.find(text);
      if (number >= 0) isKnown[number] = 1;
    }
    const top = new MostFrequent();
    let present = 0;
    for (const [number, count] of counts.entries()) {
      if (isKnown[number] === 0) continue;
      present += count;
      if (top.takes(count)) top.add(texts.at(number), count);
    }
    const countOf = (text: string) => {
      const number = texts.find(text);
      return number < 0 || isKnown[number] === 0 ? 0 : counts[number]!;
    };
    return { present, top: top.values, countOf };
  }

  private count(number: number): number {
    const count = (this.counts[number] ?? 0) + 1;
    this.counts[number] = count;
    return count;
  }
}
