// Tables and matrices as files for other programs, each complete or absent.

import { Scratch } from "../data/scratch.ts";
import { replaceAtomically, writeAtomically } from "../files/atomic.ts";
import { unwritable } from "../files/unwritable.ts";
import { ShardWriter, type WrittenColumn } from "../prepared/shard-writer.ts";
import { unwritableParquet } from "../prepared/unwritable-parquet.ts";

/** A file of Parquet. Throws DiagnosticError where it cannot be written. */
export async function asParquet(
  out: string,
  columns: readonly WrittenColumn[],
  chunks: Parameters<ShardWriter["write"]>[2],
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

/** A matrix of 32-bit floats for `numpy.load`, row by row. */
export async function asNumpy(out: string, values: Float32Array, width: number): Promise<void> {
  await put(out, (path) =>
    writeAtomically(path, async (file) => {
      await file.writeFile(npyHeader(values.length / width, width));
      await file.writeFile(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }),
  );
}

/** A list of values, one a line. */
export async function asJsonList(out: string, values: readonly unknown[]): Promise<void> {
  const lines = values.map((value) => (typeof value === "bigint" ? String(value) : JSON.stringify(value)));
  await put(out, (path) => writeAtomically(path, `[\n${lines.join(",\n")}\n]\n`));
}

async function put(path: string, write: (path: string) => Promise<void>): Promise<void> {
  try {
    await write(path);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** Of NumPy's format 1.0: a matrix of little-endian 32-bit floats, row by row. */
function npyHeader(rows: number, columns: number): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const bytes = Buffer.alloc(10 + length, " ");
  bytes.set([0x93, ...Buffer.from("NUMPY"), 1, 0, length & 0xff, length >> 8]);
  bytes.write(text, 10, "latin1");
  bytes.write("\n", bytes.length - 1, "latin1");
  return bytes;
}
