// Packed steps ordered by time: step 0 of all rows, then step 1, … Within a time the rows with the longest histories
// come first, so that the rows that have a step are always the first ones.

export interface TimeOrder {
  /** By time: how many rows have a step then. Never grows. */
  readonly alive: readonly number[];
  /** By time: the place of its first step. */
  readonly offsets: readonly number[];
  /** Rows, those with the longest histories first. */
  readonly rows: Int32Array;
  /** The steps in the order of time, by their packed place. */
  readonly steps: Int32Array;
  /** For each packed step its place in the order of time: the other way round. */
  readonly places: Int32Array;
}

/** `segments` gives each packed step its row, ascending, of `count` rows. */
export function timeOrder(segments: Int32Array, count: number): TimeOrder {
  const lengths = new Int32Array(count);
  const times = segments.map((row) => lengths[row]!++);
  const rows = Int32Array.from(lengths.keys()).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const ranks = new Int32Array(count);
  rows.forEach((row, rank) => {
    ranks[row] = rank;
  });
  const longest = rows.length === 0 ? 0 : lengths[rows[0]!]!;
  const alive = new Array<number>(longest).fill(0);
  for (const time of times) alive[time]!++;
  const offsets: number[] = [];
  let before = 0;
  for (const many of alive) {
    offsets.push(before);
    before += many;
  }
  const places = segments.map((row, step) => offsets[times[step]!]! + ranks[row]!);
  const steps = new Int32Array(segments.length);
  places.forEach((place, step) => {
    steps[place] = step;
  });
  return { alive, offsets, rows, steps, places };
}
