// Reports the rows that were left out.

import type { LeftOut } from "../data/tables.ts";
import { thousands } from "./text-table.ts";

/** One for each file: `left out 3 of 1,000 rows of a.csv: label-not-binary in click (2, first row 17), …` */
export function leftOutNotes(files: readonly LeftOut[]): string[] {
  return files.map(({ path, as = "rows", rows, bad, kinds }) => {
    const each = kinds.map(({ name, column, rows: count, first, file }) => {
      const where = column === null ? "" : ` in ${column}`;
      const of = file === undefined ? "" : ` of ${file}`;
      return `${name}${where} (${thousands(count)}, first row ${thousands(first)}${of})`;
    });
    return `left out ${thousands(bad)} of ${thousands(rows)} ${as} of ${path}: ${each.join(", ")}`;
  });
}
