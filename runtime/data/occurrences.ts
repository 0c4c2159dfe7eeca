// How often each id occurs in the training rows: n_j of mini-batch aware regularisation (the DIN paper, section 5.1).

import type { TableUse } from "../../compiler/middle/programs/table-uses.ts";
import type { MemoryRows, HistoryColumns } from "./memory-rows.ts";

/** What ids stand in. */
export interface Occurring {
  readonly ids: MemoryRows["ids"];
  readonly sets: MemoryRows["sets"];
  readonly histories: ReadonlyMap<string, Pick<HistoryColumns, "steps" | "sets" | "start" | "end">>;
}

/** For each id below `ids`: in how many places of how many training rows it stands, history steps included. */
export function occurrences(ids: number, uses: readonly TableUse[], data: Occurring): Float64Array {
  const counts = new Float64Array(ids);
  for (const use of uses) {
    if (use.set) countElements(counts, use, data);
    else if (use.history === null) for (const id of data.ids.get(use.feature)!) counts[id]! += 1;
    else {
      const { steps, start, end } = data.histories.get(use.history)!;
      const column = steps.get(use.feature)!;
      // Rows may share stored steps, which then count once for each of them.
      for (let row = 0; row < start.length; row++)
        for (let step = start[row]!; step < end[row]!; step++) counts[column[step]!]! += 1;
    }
  }
  return counts;
}

/** A value counts once for each row or step whose set has it. */
function countElements(counts: Float64Array, { feature, history }: TableUse, data: Occurring): void {
  const steps = history === null ? null : data.histories.get(history)!;
  const { ids, start, end } = (steps ?? data).sets.get(feature)!;
  const rows = steps?.start.length ?? start.length;
  for (let row = 0; row < rows; row++) {
    const last = steps?.end[row] ?? row + 1;
    for (let place = steps?.start[row] ?? row; place < last; place++)
      for (let i = start[place]!; i < end[place]!; i++) counts[ids[i]!]! += 1;
  }
}

/** λ / n_j by row, 0 where the id never occurs. */
export function decayOf(lambda: number, counts: Float64Array): Float32Array {
  return Float32Array.from(counts, (n) => (n === 0 ? 0 : lambda / n));
}
