// Cuts a batch: slices of neighbouring examples with about as much to do each, and blocks within them that
// stay in a cache. It follows from the batch alone, so that sums are the same whoever does which slice.

/** Slices that examples, tables and numbers are shared out in: as many threads have something to do. */
export const SLICES = 8;
/** Examples of a block, and steps that all of them have together, unless one alone has more. */
const EXAMPLES = 48;
const STEPS = 64;

/** Blocks by their steps, and those for what has rows of examples alone, which have more examples. */
export const blockKinds = ["examples", "steps"] as const;
export type BlockKind = (typeof blockKinds)[number];

export interface ExampleBlocks {
  /** For each slice its first block, and an end. */
  readonly cuts: Int32Array;
  /** The first example of each block, and an end. Every slice has a block, which may have no examples. */
  readonly examples: Int32Array;
  readonly count: number;
}

/**
 * `starts` of every axis of steps: where those of each example begin, with an end. Slices are the same for
 * both kinds of blocks.
 */
export function cutBlocks(
  size: number,
  starts: readonly Int32Array[],
): Readonly<Record<BlockKind, ExampleBlocks>> {
  const slices = cutSlices(size, starts);
  return { examples: blocksIn(slices, []), steps: blocksIn(slices, starts) };
}

/** The first example of each slice, and an end. */
function cutSlices(size: number, starts: readonly Int32Array[]): Int32Array {
  // An example is as much to do as four steps.
  const before = (example: number) => 4 * example + starts.reduce((sum, axis) => sum + axis[example]!, 0);
  const total = before(size);
  const slices = new Int32Array(SLICES + 1);
  for (let slice = 0, at = 0; slice < SLICES; slice++) {
    const until = Math.floor((total * (slice + 1)) / SLICES);
    while (at < size && (slice === SLICES - 1 || before(at + 1) <= until)) at++;
    slices[slice + 1] = at;
  }
  return slices;
}

function blocksIn(slices: Int32Array, starts: readonly Int32Array[]): ExampleBlocks {
  const cuts = new Int32Array(SLICES + 1);
  const examples = [0];
  for (let slice = 0; slice < SLICES; slice++) {
    const end = slices[slice + 1]!;
    let begin = slices[slice]!;
    for (let at = begin; at < end; at++) {
      const isFull =
        at - begin === EXAMPLES || starts.some((axis) => at > begin && axis[at + 1]! - axis[begin]! > STEPS);
      if (!isFull) continue;
      examples.push(at);
      begin = at;
    }
    examples.push(end);
    cuts[slice + 1] = examples.length - 1;
  }
  return { cuts, examples: Int32Array.from(examples), count: examples.length - 1 };
}
