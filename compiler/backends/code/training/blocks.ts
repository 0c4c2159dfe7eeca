// Divides a batch into slices of neighbouring examples with about equal work, and these into blocks that fit
// into a cache. The division depends only on the batch, so sums are the same whichever thread computes a
// slice.

/**
 * The number of slices into which examples, tables and numbers are divided, and the most threads that have
 * work.
 */
export const SLICES = 8;
/**
 * The examples of a block, and the steps of all of them together, unless a single one has more. Each block reads all weights
 * of a phase, which are larger than a core's cache in wide models: with 48 examples, two cores waited for them a fifth of the
 * time in DCNv2 and a quarter in MaskNet of Criteo's shape.
 */
const EXAMPLES = 256;
const STEPS = 64;

/** Blocks limited by steps, and larger blocks for values with rows of examples alone. */
export const blockKinds = ["examples", "steps"] as const;
export type BlockKind = (typeof blockKinds)[number];

export interface ExampleBlocks {
  /** The index of the first block of each slice, and an end. */
  readonly cuts: Int32Array;
  /** The first example of each block, and an end. Every slice has a block, which may be empty. */
  readonly examples: Int32Array;
  readonly count: number;
}

/**
 * `starts` has for every axis of steps the start of each example's steps, with an end. Slices are the same
 * for both kinds of blocks.
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
  // An example is as much work as four steps.
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
