// Opened files that several readings share, if bad rows are left out: finding the rows that do not parse takes a
// pass over a whole file. Also the rows without a readable time of files that are otherwise outside every window
// read so far, so that they need not be searched for again.

import type { RawChunk } from "../../../compiler/data/raw-values.ts";
import { stateOf } from "../../files/file-state.ts";
import { type FilePart, type SqlColumn, tableIn } from "../formats/data-file.ts";

/** The most cells that are kept; rows of further files are read each time. */
const MOST_CELLS = 100_000;

export class KnownFiles {
  private readonly parts = new Map<string, FilePart>();
  private readonly rows = new Map<string, readonly RawChunk[]>();
  private cells = 0;

  /** The opened file; undefined if it was not opened before, or has changed since. */
  async part(path: string): Promise<FilePart | undefined> {
    const known = this.parts.get(path);
    return known !== undefined && (await stateOf(path).catch(() => null)) === known.state ? known : undefined;
  }

  /** A copy is removed after it is read, so it is not kept. */
  keep(part: FilePart): void {
    if (part.copied === undefined) this.parts.set(part.path, part);
  }

  /** The rows that were kept, numbered from the beginning of the file; undefined if there are none. */
  rowsOf(part: FilePart, columns: readonly SqlColumn[]): readonly RawChunk[] | undefined {
    return this.rows.get(keyOf(part, columns));
  }

  keepRows(part: FilePart, columns: readonly SqlColumn[], rows: readonly RawChunk[]): void {
    this.cells += rows.reduce((sum, chunk) => sum + chunk.rows * columns.length, 0);
    if (this.cells <= MOST_CELLS) this.rows.set(keyOf(part, columns), rows);
  }
}

function keyOf(part: FilePart, columns: readonly SqlColumn[]): string {
  return [part.path, part.state, tableIn(part), ...columns.map(({ sql }) => sql)].join("\n");
}
