// Counts the occurrences of ids in rows.

import { newArrays } from "../backends/contract/batch.ts";
import type { TableUse } from "../middle/programs/table-uses.ts";
import { rowNumbers } from "./row-indices.ts";
import { type RowReader, RowValues } from "./row-reader.ts";

/** Ids to count: those below `ids` at the `uses`. */
export interface CountedIds {
  readonly ids: number;
  readonly uses: readonly TableUse[];
}

/** The number of occurrences of each id in the first `rows` rows, history steps included. */
export function occurrencesOf(
  counted: readonly CountedIds[],
  reader: RowReader,
  rows: number,
): Float64Array[] {
  const { ints } = newArrays;
  return countedBy(counted, (counts, use) => {
    for (const some of rowNumbers(rows)) {
      const values = new RowValues(reader, some);
      for (const id of use.set ? values.sets(use, ints).ids : values.ids(use, ints)) counts[id]! += 1;
    }
  });
}

/** `add` adds one for each occurrence of an id in one use. */
export function countedBy(
  counted: readonly CountedIds[],
  add: (counts: Float64Array, use: TableUse) => void,
): Float64Array[] {
  return counted.map(({ ids, uses }) => {
    const counts = new Float64Array(ids);
    for (const use of uses) add(counts, use);
    return counts;
  });
}
