// Computes the size and SHA-256 of files in pieces, so that large weights need little memory.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { requireFile } from "./read-text.ts";

export interface FileFingerprint {
  readonly bytes: number;
  readonly hash: string;
}

/** SHA-256 of bytes in memory. */
export function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export async function fingerprint(path: string): Promise<FileFingerprint> {
  await requireFile(path);
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, hash: hash.digest("hex") };
}
