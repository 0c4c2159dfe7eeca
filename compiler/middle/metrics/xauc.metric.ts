// The order of amounts: the AUC over all pairs of rows whose labels differ.

import { defineMetric, plain, withoutArguments } from "./define-metric.ts";
import { type Estimator, LANES, type Units } from "./resampling.ts";
import type { LabelledScores } from "./scored.ts";

/** Larger data get no interval: each resample visits all rows, and for each row a tree of the others. */
const MOST_RESAMPLED = 2 ** 15;

export const xauc = defineMetric({
  name: "xauc",
  doc: "The share of pairs of rows with different labels which predictions put in the right order; a tie counts one half (Zhan et al., KDD 2022). Rows with one label have none.",
  better: "higher",
  fits: ["number"],
  judges: "order",
  ...withoutArguments,
  measure(scored) {
    if (!scored.isOrdered) return plain(Number.NaN);
    const ranks = ranksOf(scored);
    const [value] = areasOf(ranks, (row, out) => out.fill(scored.weightOf(row)), 1);
    const isResampled = scored.rows <= MOST_RESAMPLED;
    return plain(value!, isResampled ? (units) => resampledXauc(scored, ranks, units) : null);
  },
});

function resampledXauc(scored: LabelledScores, ranks: Ranks, { of }: Units): Estimator {
  return (weights, out) => {
    const weigh = (row: number, each: Float64Array) => {
      const [own, first] = [scored.weightOf(row), LANES * of[row]!];
      for (let lane = 0; lane < LANES; lane++) each[lane] = own * weights[first + lane]!;
    };
    out.set(areasOf(ranks, weigh, LANES));
  };
}

interface Ranks {
  /** The rows sorted by label, and the ends of runs of equal labels, including the last end. */
  readonly byLabel: Uint32Array;
  readonly ends: readonly number[];
  /** The rank of each row's score, from 1. Equal scores have the same rank. */
  readonly rank: Uint32Array;
  readonly count: number;
}

function ranksOf({ labels, logits, order, rows }: LabelledScores): Ranks {
  const byLabel = new Uint32Array(rows).map((_, i) => i).sort((a, b) => labels[a]! - labels[b]!);
  const ends: number[] = [];
  for (let i = 1; i <= rows; i++)
    if (i === rows || labels[byLabel[i]!] !== labels[byLabel[i - 1]!]) ends.push(i);
  const rank = new Uint32Array(rows);
  let count = 0;
  for (let i = 0; i < rows; i++) {
    if (i === 0 || logits[order[i]!] !== logits[order[i - 1]!]) count++;
    rank[order[i]!] = count;
  }
  return { byLabel, ends, rank, count };
}

/**
 * The share of pairs in the right order, in `lanes` resamples at once. `weigh` writes the weight of a row in
 * each of them.
 */
function areasOf(
  { byLabel, ends, rank, count }: Ranks,
  weigh: (row: number, out: Float64Array) => void,
  lanes: number,
): Float64Array {
  const seen = new SumsUpTo(count, lanes);
  const [right, pairs, before, here, weight] = Array.from({ length: 5 }, () => new Float64Array(lanes));
  const [below, upTo] = [new Float64Array(lanes), new Float64Array(lanes)];
  let first = 0;
  for (const end of ends) {
    here!.fill(0);
    for (let i = first; i < end; i++) {
      const row = byLabel[i]!;
      seen.upTo(rank[row]! - 1, below);
      seen.upTo(rank[row]!, upTo);
      weigh(row, weight!);
      for (let lane = 0; lane < lanes; lane++) {
        // Twice the number of correctly ordered pairs, so that ties stay whole numbers.
        right![lane]! += weight![lane]! * (below[lane]! + upTo[lane]!);
        here![lane]! += weight![lane]!;
      }
    }
    for (let i = first; i < end; i++) {
      weigh(byLabel[i]!, weight!);
      seen.add(rank[byLabel[i]!]!, weight!);
    }
    for (let lane = 0; lane < lanes; lane++) {
      pairs![lane]! += before![lane]! * here![lane]!;
      before![lane]! += here![lane]!;
    }
    first = end;
  }
  return right!.map((each, lane) => each / 2 / pairs![lane]!);
}

/** Sums of the weights of rows up to a rank, in several lanes: a binary indexed tree (Fenwick 1994). */
class SumsUpTo {
  private readonly tree: Float64Array;
  private readonly ranks: number;
  private readonly lanes: number;

  constructor(ranks: number, lanes: number) {
    this.tree = new Float64Array(lanes * (ranks + 1));
    [this.ranks, this.lanes] = [ranks, lanes];
  }

  add(rank: number, weight: Float64Array): void {
    const { tree, ranks, lanes } = this;
    for (let at = rank; at <= ranks; at += at & -at)
      for (let lane = 0; lane < lanes; lane++) tree[at * lanes + lane]! += weight[lane]!;
  }

  upTo(rank: number, out: Float64Array): void {
    const { tree, lanes } = this;
    out.fill(0);
    for (let at = rank; at > 0; at -= at & -at)
      for (let lane = 0; lane < lanes; lane++) out[lane]! += tree[at * lanes + lane]!;
  }
}
