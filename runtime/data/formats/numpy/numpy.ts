// NumPy's files of several arrays: each array of one dimension is a column, and each of two is a column of lists. Rows become a
// Parquet file for the time of the reading, as those of Arrow do.

import { createReadStream, createWriteStream } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createInflateRaw } from "node:zlib";
import { malformedFile } from "../../../../compiler/diagnostics/catalog/data.ts";
import { CheckpointError } from "../../../../compiler/imported/files/random-access.ts";
import { type ZipEntry, zipEntries } from "../../../../compiler/imported/files/zip.ts";
import { type ChunkColumn, copyChunks } from "../../../duckdb/copy-chunks.ts";
import { CHUNK_ROWS } from "../../../duckdb/streamed.ts";
import { NPY_HEAD, npyHeader } from "../../../files/npy-header.ts";
import { randomAccess } from "../../../files/random-access.ts";
import { ContentProblem, contentFault } from "../content-problem.ts";
import { readBytes } from "../file-bytes.ts";
import type { FileFormat, Opening } from "../file-format.ts";
import { parquet } from "../parquet.ts";
import { type NpyElement, npyElement } from "./npy-values.ts";

export const numpy: FileFormat = {
  ...parquet,
  spark: () => null,

  async copy(path, opening) {
    const plain = await opening.copies.decompressed(path);
    const file = await open(plain);
    const opened: FileHandle[] = [file];
    try {
      const arrays = await arraysIn(plain, file, opened, opening);
      const location = await opening.copies.asFile("parquet", (copy) => convert(arrays, copy, opening));
      return { location, delimiter: null };
    } catch (error) {
      throw error instanceof ContentProblem
        ? contentFault(path, error, () => malformedFile.helps.numpy())
        : error;
    } finally {
      for (const each of opened) await each.close();
    }
  },
};

/** An array, with the place of its elements in an open file. */
interface NpyArray extends ChunkColumn {
  readonly element: NpyElement;
  readonly rows: number;
  /** The number of elements of a row; null for an array of one dimension. */
  readonly width: number | null;
  readonly file: number;
  readonly start: number;
}

async function arraysIn(
  path: string,
  file: FileHandle,
  opened: FileHandle[],
  opening: Opening,
): Promise<readonly NpyArray[]> {
  const api = await import("@duckdb/node-api");
  const arrays: NpyArray[] = [];
  for (const entry of await entriesIn(file)) {
    const name = nameOf(entry);
    const refused = (reason: string) => new ContentProblem(reason, { column: name });
    if (name === "" || name.includes("\0")) throw new ContentProblem("one of its arrays has no name");
    const at = await contentOf(path, file, opened, entry, opening);
    const header = npyHeader(readBytes(at.file, at.start, Math.min(entry.size, NPY_HEAD)));
    if (header === null) throw refused("it is not an array of NumPy");
    const { type, shape, isByColumns, start } = header;
    const [rows, width = null, ...more] = shape;
    const element = type === null ? null : npyElement(api, type);
    if (element === null) throw refused(`dinc reads no values of NumPy's type ${type ?? "with fields"}`);
    if (rows === undefined || more.length > 0) throw refused(`it has ${shape.length} dimensions, not 1 or 2`);
    if (isByColumns && width !== null) throw refused("its numbers are stored by columns (Fortran)");
    const bytes = start + rows * (width ?? 1) * element.bytes;
    if (bytes !== entry.size) throw refused(`it has ${entry.size} bytes instead of ${bytes}`);
    arrays.push({
      ...{ name, element, rows, width, file: at.file, start: at.start + start },
      type: width === null ? element.type : api.LIST(element.type),
    });
  }
  const [first] = arrays;
  if (first === undefined) throw new ContentProblem("it has no arrays");
  const other = arrays.find(({ rows }) => rows !== first.rows);
  if (other !== undefined)
    throw new ContentProblem(`it has ${other.rows} rows, and \`${first.name}\` has ${first.rows}`, {
      column: other.name,
    });
  return arrays;
}

async function entriesIn(file: FileHandle): Promise<Iterable<ZipEntry>> {
  try {
    return (await zipEntries(await randomAccess(file))).values();
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw new ContentProblem("it is not a file of several arrays (`numpy.savez`), or is cut short");
  }
}

function nameOf({ name }: ZipEntry): string {
  return name.replace(/\.npy$/, "");
}

/** The place of a member's content: in the file itself, or decompressed in another one. */
async function contentOf(
  path: string,
  file: FileHandle,
  opened: FileHandle[],
  entry: ZipEntry,
  { copies }: Opening,
): Promise<{ readonly file: number; readonly start: number }> {
  const { isDeflated, offset, stored, size } = entry;
  if (!isDeflated) return { file: file.fd, start: offset };
  const damaged = () => new ContentProblem("its compressed content is damaged", { column: nameOf(entry) });
  const copy = await copies.asFile("npy", async (to) => {
    const from = createReadStream(path, { start: offset, end: offset + stored - 1 });
    await pipeline(from, createInflateRaw(), createWriteStream(to)).catch((error: NodeJS.ErrnoException) => {
      if (error.code?.startsWith("Z_") !== true) throw error;
      throw damaged();
    });
  });
  if ((await stat(copy)).size !== size) throw damaged();
  const inflated = await open(copy);
  opened.push(inflated);
  return { file: inflated.fd, start: 0 };
}

async function convert(arrays: readonly NpyArray[], copy: string, { connection }: Opening): Promise<void> {
  const api = await import("@duckdb/node-api");
  const { rows } = arrays[0]!;
  let first = 0;
  await copyChunks(
    connection,
    copy,
    arrays,
    (chunk) => {
      const count = Math.min(CHUNK_ROWS, rows - first);
      if (count === 0) return false;
      chunk.rowCount = count;
      for (const [i, { name, element, width, file, start }] of arrays.entries()) {
        const bytesARow = element.bytes * (width ?? 1);
        const bytes = readBytes(file, start + first * bytesARow, count * bytesARow);
        const valueAt = (row: number, k: number) => {
          const value = element.valueAt(bytes, row * bytesARow + k * element.bytes);
          if (value === undefined)
            throw new ContentProblem("this value is not a text or not a time", {
              column: name,
              row: first + row,
            });
          return value;
        };
        const vector = chunk.getColumnVector(i);
        for (let row = 0; row < count; row++)
          vector.setItem(
            row,
            width === null
              ? valueAt(row, 0)
              : api.listValue(Array.from({ length: width }, (_, k) => valueAt(row, k))),
          );
        vector.flush();
      }
      first += count;
      return true;
    },
    "FORMAT parquet",
  );
}
