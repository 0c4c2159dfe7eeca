// Tables and matrices as files for other programs, complete or absent.

import type { FileHandle } from "node:fs/promises";
import { replaceAtomically, writeTogether } from "../files/atomic.ts";
import { Scratch } from "../files/scratch.ts";
import { unwritable } from "../files/unwritable.ts";
import { ShardWriter, type WrittenChunks, type WrittenColumn } from "../prepared/shard-writer.ts";
import { unwritableParquet } from "../prepared/unwritable-parquet.ts";

/** Writes a Parquet file. Throws DiagnosticError if it cannot be written. */
export async function asParquet(
  out: string,
  columns: readonly WrittenColumn[],
  chunks: WrittenChunks,
): Promise<void> {
  const scratch = new Scratch();
  const writer = await ShardWriter.open(scratch);
  try {
    await replaceAtomically(out, (partial) => writer.write(partial, columns, chunks));
  } catch (error) {
    throw unwritableParquet(out, error, scratch);
  } finally {
    writer.close();
    scratch.remove();
  }
}

/**
 * Writes a matrix of 32-bit floats for `numpy.load`, row by row, with a list of the rows' values beside it:
 * both files or none. Returns their paths. Throws DiagnosticError if they cannot be written.
 */
export async function asNumpy(
  out: string,
  values: Float32Array,
  width: number,
  ids: readonly unknown[],
): Promise<readonly string[]> {
  const beside = out.replace(/\.npy$/i, ".ids.json");
  const lines = ids.map((value) => (typeof value === "bigint" ? String(value) : JSON.stringify(value)));
  const matrix = async (file: FileHandle) => {
    await file.writeFile(npyHeader(values.length / width, width));
    await file.writeFile(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  };
  try {
    await writeTogether([
      { path: out, write: matrix },
      { path: beside, write: `[\n${lines.join(",\n")}\n]\n` },
    ]);
  } catch (error) {
    throw unwritable(out, error);
  }
  return [out, beside];
}

/** The header of NumPy's format 1.0: a matrix of little-endian 32-bit floats, row by row. */
function npyHeader(rows: number, columns: number): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const bytes = Buffer.alloc(10 + length, " ");
  bytes.set([0x93, ...Buffer.from("NUMPY"), 1, 0, length & 0xff, length >> 8]);
  bytes.write(text, 10, "latin1");
  bytes.write("\n", bytes.length - 1, "latin1");
  return bytes;
}
