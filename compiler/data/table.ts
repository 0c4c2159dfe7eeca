// A table as it is read: its columns and what may be asked of them, whether it is a file or lies in memory.

import { nameOfColumn } from "../frontend/model/column-names.ts";

/** One value a row, or a list of them. */
export type ColumnType = "value" | "list";

export interface DataColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** For messages: `BIGINT`, `VARCHAR[]`. */
  readonly typeName: string;
  /** Whether its numbers have a decimal comma, as a CSV may say; false where it is not given. */
  readonly hasDecimalComma?: boolean;
}

/** Whether a column is one of a CSV: its values are texts, and an empty one is missing. */
export function isOfTexts({ typeName }: Pick<DataColumn, "typeName">): boolean {
  return typeName === "text";
}

export interface DataTable<C extends DataColumn = DataColumn> {
  readonly columns: ReadonlyMap<string, C>;
  /** Names that several columns have, so that none of them can be asked for. */
  readonly ambiguous: ReadonlySet<string>;
  /** The same column with all digits of its decimal numbers; not there where every cell has them. */
  exactly?(column: C): C;
  /** Of columns that some of several files have and that cannot be read from all: why not. */
  readonly unfit?: ReadonlyMap<string, Unfit>;
}

/** What is wrong with a column in the file at `path`. */
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
 * The column that a spec calls `name`: the one of that name, or else the only one whose name gives it (`Item ID` is
 * `item_id`). Undefined where there is none, or several.
 */
export function columnNamed<C extends DataColumn>({ columns }: DataTable<C>, name: string): C | undefined {
  const own = columns.get(name);
  if (own !== undefined) return own;
  const [only, ...more] = [...columns.values()].filter((column) => nameOfColumn(column.name) === name);
  return more.length === 0 ? only : undefined;
}
