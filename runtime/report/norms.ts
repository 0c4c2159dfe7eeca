// Computes statistics of trained embedding tables: the norms of their rows, and whether frequent ids have
// larger ones.

import { Random } from "../../compiler/common/random.ts";
import { FIRST_ID } from "../../compiler/frontend/model/model.ts";
import type { HostTable } from "../../compiler/train/tables.ts";

export interface TableNorms {
  readonly table: string;
  readonly width: number;
  readonly trained: boolean;
  /** The number of ids that occur in the training rows, and of those that do not. */
  readonly seen: number;
  readonly unseen: number;
  /**
   * For at most `MOST_NORMS` seen ids in random order: the Euclidean norm, and the number of occurrences in
   * training rows.
   */
  readonly norms: Float64Array;
  readonly counts: Float64Array;
}

export const MOST_NORMS = 20_000;

/** `counts` contains the number of occurrences in training rows for each row of the table. */
export function normsOf({ spec, width, values }: HostTable, counts: Float64Array, seed: number): TableNorms {
  const seen: number[] = [];
  let unseen = 0;
  const random = Random.of(seed, `report norms ${spec.name}`);
  let met = 0;
  for (let id = FIRST_ID; id < spec.rows; id++) {
    if (counts[id] === 0) unseen += 1;
    // Reservoir sampling (Vitter 1985): every seen id is kept with the same probability.
    else if (met++ < MOST_NORMS) seen.push(id);
    else {
      const place = random.integer(met);
      if (place < MOST_NORMS) seen[place] = id;
    }
  }
  // In random order, because the vocabulary is sorted by frequency.
  const order = random.order(seen.length);
  const drawn = seen.map((_, i) => seen[order[i]!]!);
  return {
    table: spec.name,
    width,
    trained: !spec.options.frozen,
    seen: met,
    unseen,
    norms: Float64Array.from(drawn, (id) => norm(values, id * width, width)),
    counts: Float64Array.from(drawn, (id) => counts[id]!),
  };
}

function norm(values: Float32Array, from: number, width: number): number {
  let sum = 0;
  for (let i = from; i < from + width; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum);
}
