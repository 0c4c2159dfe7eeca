// Decompresses files once before they are read, because DuckDB reads a truncated one without an error.

import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { COMPRESSION_BYTES, compressionIn, recompressing } from "../../../compiler/common/compression.ts";
import { malformedFile } from "../../../compiler/diagnostics/catalog/data.ts";
import { diagnose, inData } from "../../../compiler/diagnostics/diagnostic.ts";
import { FileFault } from "../../files/file-fault.ts";

const PIECE = 1 << 20;

/** Tells whether the file's name says that it is compressed. */
export function isCompressed(path: string): boolean {
  return path.toLowerCase().endsWith(".gz");
}

/**
 * The decompressed content of the file from byte `start` to its end. Throws DiagnosticError if it is not
 * gzip.
 */
export async function* decompressedBytes(path: string, start = 0): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: PIECE, start });
  const decompressed: Readable = isCompressed(path) ? file.pipe(createGunzip({ chunkSize: PIECE })) : file;
  if (decompressed !== file) file.on("error", (error) => decompressed.destroy(error));
  try {
    for await (const bytes of decompressed) yield bytes as Buffer;
  } catch (error) {
    throw gzipProblem(path, error) ?? error;
  } finally {
    file.destroy();
    decompressed.destroy();
  }
}

/**
 * Throws DiagnosticError if the content of the file begins as a compression that its name does not show. It
 * would be read as text in another encoding.
 */
export async function refuseOtherCompression(path: string): Promise<void> {
  const file = await open(path);
  const { buffer, bytesRead } = await file
    .read(Buffer.alloc(COMPRESSION_BYTES), 0, COMPRESSION_BYTES, 0)
    .finally(() => file.close());
  const compression = compressionIn(buffer.subarray(0, bytesRead));
  if (compression === null || (compression.name === "gzip" && isCompressed(path))) return;
  const reason = `it is compressed by ${compression.name}`;
  throw new FileFault(path, (file) => {
    const from = file.saved ?? file.path;
    const to = isCompressed(path) ? from.replace(/(\.\w+)?\.gz$/i, ".gzip$1.gz") : `${from}.gz`;
    const help = malformedFile.helps.compressed(recompressing(compression, from, to));
    return diagnose(malformedFile, { reason }, inData({ path: file.path }), { help });
  });
}

/** Throws DiagnosticError if the file is not gzip from its beginning to its end. */
export async function refuseDamagedGzip(path: string): Promise<void> {
  for await (const _ of decompressedBytes(path));
}

function gzipProblem(path: string, error: unknown): FileFault | null {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || !code.startsWith("Z_")) return null;
  const reason =
    code === "Z_BUF_ERROR"
      ? "it is compressed, and cut short"
      : "its compressed content is damaged, or not gzip";
  return new FileFault(path, (file) => diagnose(malformedFile, { reason }, inData({ path: file.path })));
}
