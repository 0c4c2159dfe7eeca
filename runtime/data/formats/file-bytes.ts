// Reads bytes at a place of a file, all or none. DuckDB asks for rows while it runs, so nothing can be awaited.

import { readSync } from "node:fs";
import { ContentProblem } from "./content-problem.ts";

export function readBytes(file: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  fillBytes(file, bytes, at);
  return bytes;
}

/** Throws ContentProblem if the file ends earlier. */
export function fillBytes(file: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) {
    const count = readSync(file, bytes, done, bytes.length - done, at + done);
    if (count === 0) throw new ContentProblem("it became shorter while it was read");
    done += count;
  }
}
