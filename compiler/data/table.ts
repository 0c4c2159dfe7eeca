// The interface of a table, in a file or in memory: its columns and their types.

import { nameOfColumn } from "../frontend/model/column-names.ts";

/** One value a row, or a list of them. */
export type ColumnType = "value" | "list";

export interface DataColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** The type's name in messages: `BIGINT`, `VARCHAR[]`. */
  readonly typeName: string;
  /** Whether its numbers have a decimal comma, as in some CSVs; false if absent. */
  readonly hasDecimalComma?: boolean;
}

/** Tells whether a column is from a CSV: its values are texts, and an empty one is missing. */
export function isOfTexts({ typeName }: Pick<DataColumn, "typeName">): boolean {
  return typeName === "text";
}

export interface DataTable<C extends DataColumn = DataColumn> {
  readonly columns: ReadonlyMap<string, C>;
  /** Names that several columns share, so that none of them can be requested. */
  readonly ambiguous: ReadonlySet<string>;
  /** The same column with all digits of its decimal numbers; absent if every cell has them. */
  exactly?(column: C): C;
  /** Columns of only some of several files that cannot be read from all: the reason. */
  readonly unfit?: ReadonlyMap<string, Unfit>;
}

/** The reason why a column cannot be read from the file at `path`. */
export type Unfit =
  | { readonly kind: "missing"; readonly path: string }
  | {
      readonly kind: "types";
      readonly path: string;
      readonly type: string;
      readonly otherPath: string;
      readonly otherType: string;
    };

/**
 * The column that a spec calls `name`: the one with that name, or else the only one whose name maps to it
 * (`Item ID` is `item_id`). Undefined if there is none, or several.
 */
export function columnNamed<C extends DataColumn>({ columns }: DataTable<C>, name: string): C | undefined {
  const own = columns.get(name);
  if (own !== undefined) return own;
  const [only, ...more] = [...columns.values()].filter((column) => nameOfColumn(column.name) === name);
  return more.length === 0 ? only : undefined;
}
