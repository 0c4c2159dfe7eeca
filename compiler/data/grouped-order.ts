// Orders of rows that keep groups together: groups are shuffled, and batches end between groups. Memory
// depends on the number of groups, not of rows, so an order can be written piece by piece.

import { Random } from "../common/random.ts";
import { PIECE } from "./columns.ts";

/** The groups of `count` neighbouring rows from `from` on: equal numbers mean the same group. */
export type GroupReader = (from: number, count: number) => RowGroups;

export interface RowGroups {
  readonly groups: Int32Array;
  /** The numbers of the rows in an order. */
  readonly places: Int32Array;
}

/** The groups of the training rows, for batches of `batch` rows. */
export interface GroupFacts {
  readonly groups: number;
  /** The number of groups with one row. */
  readonly alone: number;
  /** The number of groups with more rows than a batch, and the rows of the largest group. */
  readonly large: number;
  readonly largest: number;
}

/**
 * Groups of more than `batch` rows are cut into parts of about equal size, differently in each epoch. Batch k
 * ends with the last part that ends within the first k · `batch` rows. So there are as many batches as
 * without groups. A batch has `batch` rows on average, and fewer than `batch` plus the rows of the largest
 * part.
 */
export class GroupedOrder {
  private readonly rows: number;
  private readonly batch: number;
  private readonly groupsOf: GroupReader;
  /** By group, its number of rows. */
  private readonly counts: Int32Array;
  /** By group, the index of its first part; one more than there are groups. */
  private readonly parts: Int32Array;

  constructor(groupsOf: GroupReader, rows: number, batch: number) {
    this.groupsOf = groupsOf;
    this.rows = rows;
    this.batch = batch;
    this.counts = countsOf(groupsOf, rows);
    this.parts = new Int32Array(this.counts.length + 1);
    for (const [group, count] of this.counts.entries())
      this.parts[group + 1] = this.parts[group]! + Math.ceil(count / batch);
  }

  get facts(): GroupFacts {
    const facts = { groups: 0, alone: 0, large: 0, largest: 0 };
    for (const count of this.counts) {
      if (count > 0) facts.groups += 1;
      if (count === 1) facts.alone += 1;
      if (count > this.batch) facts.large += 1;
      facts.largest = Math.max(facts.largest, count);
    }
    return facts;
  }

  /** The order of epoch `epoch`. */
  ofEpoch(seed: number, epoch: number): EpochOfGroups {
    const { counts, parts } = this;
    const sizes = new Int32Array(parts.at(-1)!);
    for (const [group, count] of counts.entries()) {
      const [first, into] = [parts[group]!, parts[group + 1]! - parts[group]!];
      for (let k = 0; k < into; k++) sizes[first + k] = Math.ceil((count - k) / into);
    }
    const order = Random.of(seed, `groups of epoch ${epoch}`).order(sizes.length);
    const starts = new Int32Array(sizes.length);
    const ends = new Int32Array(Math.ceil(this.rows / this.batch));
    let end = 0;
    for (const each of order) {
      // All batches that this part would overfill end before it.
      for (let k = Math.max(1, Math.ceil(end / this.batch)); k * this.batch < end + sizes[each]!; k++)
        ends[k - 1] = end;
      starts[each] = end;
      end += sizes[each]!;
    }
    ends[ends.length - 1] = this.rows;
    return { ends, fill: (out, from) => this.fill(out, from, starts, seed, epoch) };
  }

  private fill(out: Int32Array, from: number, starts: Int32Array, seed: number, epoch: number): void {
    const { counts, parts, batch } = this;
    const met = new Int32Array(counts.length);
    const next = starts.slice();
    const cuts = new Map<number, Cut>();
    for (const { groups, places } of inPieces(this.groupsOf, this.rows))
      for (const [i, group] of groups.entries()) {
        let one = parts[group]!;
        if (counts[group]! > batch) {
          let cut = cuts.get(group);
          if (cut === undefined)
            cuts.set(group, (cut = cutOf(counts[group]!, seed, `group ${group} of epoch ${epoch}`)));
          one += ((cut.factor * met[group]!++ + cut.shift) % counts[group]!) % (parts[group + 1]! - one);
        }
        const at = next[one]!++ - from;
        if (at >= 0 && at < out.length) out[at] = places[i]!;
      }
  }
}

export interface EpochOfGroups {
  /** For each batch, the number of rows before its end. */
  readonly ends: Int32Array;
  /** Fills `out` with the numbers of the rows from position `from` on. */
  readonly fill: (out: Int32Array, from: number) => void;
}

/** Row i of a group of n rows goes to position (factor · i + shift) mod n, which is a permutation. */
interface Cut {
  readonly factor: number;
  readonly shift: number;
}

function cutOf(count: number, seed: number, purpose: string): Cut {
  const random = Random.of(seed, purpose);
  const shift = random.integer(count);
  // Below 2²⁰, so that the product is exact.
  for (;;) {
    const factor = 1 + random.integer(Math.min(count, 1 << 20));
    if (commonDivisor(factor, count) === 1) return { factor, shift };
  }
}

/** The greatest common divisor. */
function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

function countsOf(groupsOf: GroupReader, rows: number): Int32Array {
  let counts = new Int32Array(1024);
  let last = -1;
  for (const { groups } of inPieces(groupsOf, rows))
    for (const group of groups) {
      if (group >= counts.length) {
        const larger = new Int32Array(Math.max(group + 1, 2 * counts.length));
        larger.set(counts);
        counts = larger;
      }
      counts[group]! += 1;
      last = Math.max(last, group);
    }
  return counts.slice(0, last + 1);
}

function* inPieces(groupsOf: GroupReader, rows: number): Generator<RowGroups> {
  for (let from = 0; from < rows; from += PIECE) yield groupsOf(from, Math.min(PIECE, rows - from));
}
