// Decompresses files once before they are read, because DuckDB reads a truncated one without an error.

import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { PACKING_BYTES, packingIn, repacking } from "../../../compiler/common/packing.ts";
import { malformedFile } from "../../../compiler/diagnostics/catalog/data.ts";
import { diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import { FileFault } from "../../files/file-fault.ts";

const PIECE = 1 << 20;

/** Tells whether the file's name says that it is compressed. */
export function isPacked(path: string): boolean {
  return path.toLowerCase().endsWith(".gz");
}

/**
 * The decompressed content of the file from byte `start` to its end. Throws DiagnosticError if it is not
 * gzip.
 */
export async function* unpackedBytes(path: string, start = 0): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: PIECE, start });
  const unpacked: Readable = isPacked(path) ? file.pipe(createGunzip({ chunkSize: PIECE })) : file;
  if (unpacked !== file) file.on("error", (error) => unpacked.destroy(error));
  try {
    for await (const bytes of unpacked) yield bytes as Buffer;
  } catch (error) {
    throw gzipProblem(path, error) ?? error;
  } finally {
    file.destroy();
    unpacked.destroy();
  }
}

/**
 * Throws DiagnosticError where the content of the file begins as a packing that its name does not say. It would be read as
 * text in another encoding.
 */
export async function refuseOtherPacking(path: string): Promise<void> {
  const file = await open(path);
  const { buffer, bytesRead } = await file
    .read(Buffer.alloc(PACKING_BYTES), 0, PACKING_BYTES, 0)
    .finally(() => file.close());
  const packing = packingIn(buffer.subarray(0, bytesRead));
  if (packing === null || (packing.name === "gzip" && isPacked(path))) return;
  const reason = `it is packed by ${packing.name}`;
  throw new FileFault(path, (file) => {
    const from = file.saved ?? file.path;
    const to = isPacked(path) ? from.replace(/(\.\w+)?\.gz$/i, ".gzip$1.gz") : `${from}.gz`;
    const help = malformedFile.helps.packed(repacking(packing, from, to));
    return diagnose(malformedFile, { reason }, inData({ path: file.path }), { help });
  });
}

/** Throws DiagnosticError if the file is not gzip from its beginning to its end. */
export async function refuseDamagedGzip(path: string): Promise<void> {
  for await (const _ of unpackedBytes(path));
}

function gzipProblem(path: string, error: unknown): FileFault | null {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || !code.startsWith("Z_")) return null;
  const reason =
    code === "Z_BUF_ERROR" ? "it is packed, and cut short" : "its packed content is damaged, or not gzip";
  return new FileFault(path, (file) => diagnose(malformedFile, { reason }, inData({ path: file.path })));
}
