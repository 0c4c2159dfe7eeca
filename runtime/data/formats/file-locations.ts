// Maps a row to its file, if the rows of several files are numbered in sequence.

import { invariant } from "../../../compiler/common/internal-error.ts";
import type { RowLocation, RowLocations } from "../../../compiler/data/findings.ts";

/** Files are read in sequence, so the number of rows of one is known at the latest when the next is read. */
export class FileLocations implements RowLocations {
  private readonly paths: readonly string[];
  /** The rows of each file, including those that are left out. */
  private readonly totals: (number | null)[];

  constructor(paths: readonly string[], totals: readonly (number | null)[]) {
    this.paths = paths;
    this.totals = [...totals];
  }

  /** Notes that file number `part` has been read to its end. */
  note(part: number, rows: number): void {
    this.totals[part] = rows;
  }

  /** The number of a file's first row among all rows. */
  startOf(part: number): number {
    let start = 0;
    for (const total of this.totals.slice(0, part)) {
      invariant(total !== null, "a row is asked for in a file before which others are not read");
      start += total;
    }
    return start;
  }

  at(row: number): RowLocation {
    let [part, start] = [0, 0];
    for (; part + 1 < this.paths.length; part++) {
      const rows = this.totals[part];
      if (rows == null || row < start + rows) break;
      start += rows;
    }
    return { path: this.paths[part]!, row: row - start };
  }
}
