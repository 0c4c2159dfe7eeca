// Checks whether two runs scored the same rows: the same number, labels and users.

import { isDeepStrictEqual } from "node:util";
import { formatCount } from "../../compiler/common/format-count.ts";
import type { RowsWithScores } from "./evaluate.ts";

/** Rows that a run scored, and the indices of those that it did not. */
export type RowsOfRun = Pick<RowsWithScores, "data" | "without">;

/** Describes how the rows of two runs differ, as a clause; null if they are the same. */
export function rowsDifference(
  [a, b]: readonly [RowsOfRun, RowsOfRun],
  labels: readonly string[],
): string | null {
  const count = (rows: number) => formatCount(rows);
  if (a.data.rows !== b.data.rows)
    return `the first has scores for ${count(a.data.rows)} of them, the second for ${count(b.data.rows)}`;
  if (!isDeepStrictEqual(a.without, b.without)) return "each leaves out rows that the other scores";
  for (const label of labels) {
    const row = differingRow(a.data.labels.get(label)!, b.data.labels.get(label)!);
    if (row !== null) return `row ${count(row + 1)} has another \`${label}\``;
  }
  for (const [by, groups] of a.data.groups) {
    const others = b.data.groups.get(by);
    const row = others === undefined ? null : regroupedRow(groups, others);
    if (row !== null) return `row ${count(row + 1)} is of another \`${by}\``;
  }
  return null;
}

function differingRow(a: Float32Array, b: Float32Array): number | null {
  const row = a.findIndex((value, i) => value !== b[i]);
  return row < 0 ? null : row;
}

/**
 * The first row that two groupings group differently. The numbers of groups may differ: vocabularies number
 * values by their own rows.
 */
function regroupedRow(a: Int32Array, b: Int32Array): number | null {
  const [there, back] = [new Map<number, number>(), new Map<number, number>()];
  for (let row = 0; row < a.length; row++) {
    const [x, y] = [a[row]!, b[row]!];
    if ((there.get(x) ?? y) !== y || (back.get(y) ?? x) !== x) return row;
    there.set(x, y);
    back.set(y, x);
  }
  return null;
}
