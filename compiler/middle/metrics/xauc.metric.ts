// The order of amounts: the AUC of every two rows whose labels differ.

import { defineMetric, plain, withoutArguments } from "./define-metric.ts";

export const xauc = defineMetric({
  name: "xauc",
  doc: "The share of pairs of rows with different labels which predictions put in the right order; a tie counts one half (Zhan et al., KDD 2022). Rows with one label have none.",
  better: "higher",
  fits: ["number"],
  judges: "order",
  ...withoutArguments,
  measure(scored) {
    const { labels, logits, order, rows, isOrdered } = scored;
    if (!isOrdered) return plain(Number.NaN);
    const byLabel = new Uint32Array(rows).map((_, i) => i).sort((a, b) => labels[a]! - labels[b]!);
    /** Of each row, the rank of its score from 1; what ties has one. */
    const rank = new Uint32Array(rows);
    let ranks = 0;
    for (let i = 0; i < rows; i++) {
      if (i === 0 || logits[order[i]!] !== logits[order[i - 1]!]) ranks++;
      rank[order[i]!] = ranks;
    }
    const seen = new CountsUpTo(ranks);
    // Twice the number of pairs in the right order, so that ties stay whole.
    let [right, pairs, before] = [0, 0, 0];
    for (let first = 0; first < rows; ) {
      let next = first;
      while (next < rows && labels[byLabel[next]!] === labels[byLabel[first]!]) next++;
      let here = 0;
      for (let i = first; i < next; i++) {
        const own = rank[byLabel[i]!]!;
        const weight = scored.weightOf(byLabel[i]!);
        right += weight * (seen.upTo(own - 1) + seen.upTo(own));
        here += weight;
      }
      pairs += before * here;
      for (let i = first; i < next; i++) seen.add(rank[byLabel[i]!]!, scored.weightOf(byLabel[i]!));
      before += here;
      first = next;
    }
    return plain(pairs === 0 ? Number.NaN : right / 2 / pairs);
  },
});

/** How many of the ranks that were added are at most some rank: a binary indexed tree (Fenwick 1994). */
class CountsUpTo {
  private readonly tree: Float64Array;

  constructor(ranks: number) {
    this.tree = new Float64Array(ranks + 1);
  }

  /** One that counts as `weight` of them. */
  add(rank: number, weight: number): void {
    for (let at = rank; at < this.tree.length; at += at & -at) this.tree[at]! += weight;
  }

  upTo(rank: number): number {
    let sum = 0;
    for (let at = rank; at > 0; at -= at & -at) sum += this.tree[at]!;
    return sum;
  }
}
