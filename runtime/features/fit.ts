// What is learned from the training rows before any weight: vocabularies and scales.

import { FIRST_ID, type Scale, UNKNOWN_ID } from "../../compiler/model/model.ts";

export interface FittedVocabulary {
  /** In the order of their ids, the first having id 2. */
  readonly values: readonly string[];
  /** By number of the value in `texts`: its id, unknown for those that are too rare. */
  readonly ids: Int32Array;
}

/** The values that occur at least `minCount` times, the most frequent first, equally frequent ones in text order. */
export function fitVocabulary(
  texts: readonly string[],
  counts: ArrayLike<number>,
  minCount: number,
): FittedVocabulary {
  const ids = new Int32Array(texts.length).fill(UNKNOWN_ID);
  const kept = [...texts.keys()].filter((number) => counts[number]! >= Math.max(1, minCount));
  kept.sort((a, b) => counts[b]! - counts[a]! || (texts[a]! < texts[b]! ? -1 : 1));
  for (const [i, number] of kept.entries()) ids[number] = FIRST_ID + i;
  return { values: kept.map((number) => texts[number]!), ids };
}

/** Mean and population deviation of a stream of numbers, in f64 (Welford 1962). */
export class RunningScale {
  private count = 0;
  private mean = 0;
  private squares = 0;

  add(value: number): void {
    this.count += 1;
    const difference = value - this.mean;
    this.mean += difference / this.count;
    this.squares += difference * (value - this.mean);
  }

  scale(): Scale {
    const deviation = this.count === 0 ? 0 : Math.sqrt(this.squares / this.count);
    return { mean: this.mean, deviation: deviation === 0 ? 1 : deviation };
  }
}
