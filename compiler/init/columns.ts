// Columns under the names that a spec has for them.

import type { ListColumn } from "./lists.ts";
import type { TableColumn } from "./table.ts";

export interface NamedColumn extends TableColumn {
  /** In the spec. */
  readonly name: string;
}

export type ListedColumn = NamedColumn & ListColumn;
