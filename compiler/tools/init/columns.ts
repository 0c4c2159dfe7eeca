// Columns with the names that a spec gives them.

import { nameOfColumn } from "../../frontend/model/column-names.ts";
import type { ListColumn } from "./lists.ts";
import { type Guess, out } from "./plan.ts";
import type { DraftColumn, DraftTable } from "./table.ts";

export interface NamedColumn extends DraftColumn {
  /** The name in the spec. */
  readonly name: string;
  /** Whether its name is a number but not a column index, like the names of coded fields. */
  readonly isField: boolean;
}

/** The columns that identify users and items. */
export interface Keys {
  readonly user: NamedColumn | null;
  readonly item: NamedColumn | null;
}

export type ListedColumn = NamedColumn & ListColumn;

/** Tells whether the column names are indices, as pandas writes them. */
export function countColumns(columns: readonly DraftColumn[]): boolean {
  return columns.every(({ header }, i) => header === String(i));
}

/** The names that pandas gives an index without a name: in Parquet, and in a CSV that it has read again. */
const NAMELESS_INDEX = /^(?:__index_level_\d+__|Unnamed: 0(?:\.\d+)?)$/;

/** How a column without a name is shown; pandas writes the index of a CSV so, as the first one. */
const UNNAMED = { header: "(no name)" };

/** Why an index of pandas is left out. */
export const INDEX = "it is the index of a pandas table: row numbers";

/** The columns that a spec can name; the others are added to `leftOut`. */
export function namedColumns({ columns, ambiguous }: DraftTable, leftOut: Guess[]): NamedColumn[] {
  for (const header of ambiguous)
    leftOut.push(out({ header }, "several columns have this name", "rename them in the file"));
  const exact = new Set([...columns.map(({ header }) => header), ...ambiguous]);
  const areCounted = countColumns(columns);
  const names = new Map<string, number>();
  for (const { header } of columns) {
    const name = nameOfColumn(header);
    if (name !== null && name !== header) names.set(name, (names.get(name) ?? 0) + 1);
  }
  return columns.flatMap((column, i): NamedColumn[] => {
    const { header } = column;
    const isUnnamed = header === "";
    if (NAMELESS_INDEX.test(header) || (isUnnamed && i === 0)) {
      const shown = isUnnamed ? UNNAMED : column;
      leftOut.push(out(shown, INDEX, "rename it in the file if it means something"));
      return [];
    }
    const name = nameOfColumn(header);
    const taken = name !== header && (exact.has(name ?? "") || (names.get(name ?? "") ?? 0) > 1);
    if (name !== null && !taken) return [{ ...column, name, isField: !areCounted && /^\d+$/.test(header) }];
    const reason = name === null ? "its name has no letter" : "another column has this name, or nearly";
    leftOut.push(out(isUnnamed ? UNNAMED : column, reason, "rename it in the file"));
    return [];
  });
}
