// Copies standard input to a file, because names and types of columns must be known before the rows are read, and a training reads them
// more than once.

import { createWriteStream } from "node:fs";
import { open, rename } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Bytes between two lines for the person. */
const REPORTED_BYTES = 1e9;

/** Where it lies then, `path` with an ending: a CSV, or JSON Lines where it begins with a brace. */
export async function spoolStandardInput(path: string, report: (line: string) => void): Promise<string> {
  let bytes = 0;
  const counted = new Transform({
    transform(piece: Buffer, _, next) {
      const before = Math.floor(bytes / REPORTED_BYTES);
      bytes += piece.length;
      if (Math.floor(bytes / REPORTED_BYTES) > before)
        report(`standard input: ${(bytes / 1e9).toFixed(1)} GB read`);
      next(null, piece);
    },
  });
  await pipeline(process.stdin, counted, createWriteStream(path));
  const file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, 0);
  await file.close();
  const typed = `${path}.${bytesRead === 1 && buffer.toString() === "{" ? "jsonl" : "csv"}`;
  await rename(path, typed);
  return typed;
}
