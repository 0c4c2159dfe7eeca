// Copies standard input to a file, because names and types of columns must be known before the rows are read,
// and a training reads them more than once.

import { createWriteStream } from "node:fs";
import { open, rename } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { dataFormats } from "../../../compiler/frontend/config/data-format-list.ts";
import { countedBytes } from "./counted-bytes.ts";

/** The bytes between two lines of progress. */
const REPORTED_BYTES = 1e9;

/** Enough for what each format begins with. */
const FIRST_BYTES = 8;

/**
 * Returns the path of the copy: `path` with an ending for JSON Lines if the input begins with a brace, for a
 * JSON list if it begins with a bracket, for Arrow if it begins as its files do, and otherwise for a CSV.
 */
export async function spoolStandardInput(path: string, report: (line: string) => void): Promise<string> {
  const counted = countedBytes(REPORTED_BYTES, (bytes) =>
    report(`standard input: ${(bytes / 1e9).toFixed(1)} GB read`),
  );
  await pipeline(process.stdin, counted, createWriteStream(path));
  const file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(FIRST_BYTES), 0, FIRST_BYTES, 0);
  await file.close();
  const first = buffer.toString("utf8", 0, bytesRead).replace(/^\ufeff/, "");
  const format = dataFormats.find(({ begins }) => begins !== null && first.startsWith(begins));
  const typed = `${path}.${format?.endings[0] ?? "csv"}`;
  await rename(path, typed);
  return typed;
}
