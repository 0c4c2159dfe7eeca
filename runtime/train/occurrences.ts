// How often each id occurs in the training rows: n_j of mini-batch aware regularisation (the DIN paper, section 5.1).

import type { Dataset, HistoryColumns } from "../data/dataset.ts";
import type { TableUse } from "./table-uses.ts";

/** What ids stand in. */
export interface Occurring {
  readonly ids: Dataset["ids"];
  readonly sets: Dataset["sets"];
  readonly histories: ReadonlyMap<string, Pick<HistoryColumns, "steps" | "sets" | "start" | "end">>;
}

/** For each id below `ids`: in how many places of how many training rows it stands, history steps included. */
export function occurrences(ids: number, uses: readonly TableUse[], data: Occurring): Float64Array {
  const counts = new Float64Array(ids);
  for (const use of uses) {
    if (use.set) countElements(counts, use, data);
    else if (use.history === null) for (const id of data.ids.get(use.feature)!) counts[id]! += 1;
    else {
      const history = data.histories.get(use.history)!;
      const steps = history.steps.get(use.feature)!;
      const times = timesRead(history, steps.length);
      for (let i = 0; i < steps.length; i++) counts[steps[i]!]! += times[i]!;
    }
  }
  return counts;
}

/** A value counts once for each row or step whose set has it. */
function countElements(counts: Float64Array, { feature, history }: TableUse, data: Occurring): void {
  const steps = history === null ? null : data.histories.get(history)!;
  const { ids, start, end } = (steps ?? data).sets.get(feature)!;
  const times = steps === null ? null : timesRead(steps, start.length);
  for (let row = 0; row < start.length; row++)
    for (let i = start[row]!; i < end[row]!; i++) counts[ids[i]!]! += times?.[row] ?? 1;
}

/** In how many rows' histories each stored step lies. Rows share stored steps, so this is a sum of intervals. */
export function timesRead(
  { start, end }: Pick<HistoryColumns, "start" | "end">,
  steps: number,
): Float64Array {
  const times = new Float64Array(steps + 1);
  for (let row = 0; row < start.length; row++) {
    times[start[row]!]! += 1;
    times[end[row]!]! -= 1;
  }
  for (let i = 1; i < times.length; i++) times[i]! += times[i - 1]!;
  return times;
}

/** λ / n_j by row, 0 where the id never occurs. */
export function decayOf(lambda: number, counts: Float64Array): Float32Array {
  return Float32Array.from(counts, (n) => (n === 0 ? 0 : lambda / n));
}
