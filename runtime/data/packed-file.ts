// Packed files are unpacked once before they are read: DuckDB takes one that is cut short for one that ends there.

import { createReadStream } from "node:fs";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { malformedFile } from "../../compiler/diagnostics/catalog/data.ts";
import { DiagnosticError, diagnose, inData } from "../../compiler/diagnostics/diagnostic.ts";

/** Throws DiagnosticError where the file is not gzip from its beginning to its end. */
export async function refuseDamagedGzip(path: string): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    await pipeline(
      createReadStream(path, { highWaterMark: 1 << 20 }),
      createGunzip({ chunkSize: 1 << 20 }),
      nowhere,
    );
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || !code.startsWith("Z_")) throw error;
    const reason =
      code === "Z_BUF_ERROR" ? "it is packed, and cut short" : "its packed content is damaged, or not gzip";
    throw new DiagnosticError([diagnose(malformedFile, { reason }, inData({ path }))]);
  }
}
