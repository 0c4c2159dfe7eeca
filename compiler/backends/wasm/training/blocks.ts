// Cuts a batch: slices of neighbouring examples with about as much to do each, and blocks within them that stay in a cache. It follows
// from the batch alone, so that sums are the same whoever does which slice.

import { SLICES } from "./places.ts";

/** Examples of a block, and steps that all of them have together, unless one alone has more. */
const EXAMPLES = 48;
const STEPS = 64;

export interface Blocks {
  /** For each slice its first block, and an end. */
  readonly cuts: Int32Array;
  /** The first example of each block, and an end. Every slice has a block, which may have no examples. */
  readonly examples: Int32Array;
  readonly count: number;
}

/** `starts` of every axis of steps: where those of each example begin, with an end. */
export function cutBlocks(size: number, starts: readonly Int32Array[]): Blocks {
  // An example is as much to do as four steps.
  const before = (example: number) => 4 * example + starts.reduce((sum, axis) => sum + axis[example]!, 0);
  const total = before(size);
  const cuts = new Int32Array(SLICES + 1);
  const examples = [0];
  let at = 0;
  for (let slice = 0; slice < SLICES; slice++) {
    cuts[slice] = examples.length - 1;
    const until = Math.floor((total * (slice + 1)) / SLICES);
    const first = at;
    let begin = at;
    while (at < size && (slice === SLICES - 1 || before(at + 1) <= until)) {
      const isFull =
        at - begin === EXAMPLES || starts.some((axis) => at > begin && axis[at + 1]! - axis[begin]! > STEPS);
      if (isFull) {
        examples.push(at);
        begin = at;
      }
      at++;
    }
    if (at > begin || first === at) examples.push(at);
  }
  cuts[SLICES] = examples.length - 1;
  return { cuts, examples: Int32Array.from(examples), count: examples.length - 1 };
}
