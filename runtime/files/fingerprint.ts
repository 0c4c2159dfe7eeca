// Computes the size and SHA-256 of files in pieces, so that large weights need little memory.

import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { requireFile } from "./read-text.ts";

export interface FileFingerprint {
  readonly bytes: number;
  readonly hash: string;
}

/** SHA-256 of bytes in memory. */
export function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The most bytes that are read at a time. */
const LONGEST_PIECE = 1 << 20;

export async function fingerprint(path: string): Promise<FileFingerprint> {
  await requireFile(path);
  const file = await open(path, "r");
  try {
    return await fingerprintOf(file);
  } finally {
    await file.close();
  }
}

/** Reads one piece while the other is hashed; new memory for each piece would keep the garbage collector busy. */
async function fingerprintOf(file: FileHandle): Promise<FileFingerprint> {
  const hash = createHash("sha256");
  const length = Math.min(LONGEST_PIECE, 1 + (await file.stat()).size);
  let [piece, other] = [Buffer.allocUnsafe(length), Buffer.allocUnsafe(length)];
  let bytes = 0;
  for (let count = await readInto(file, piece); count > 0; ) {
    const next = readInto(file, other);
    hash.update(piece.subarray(0, count));
    bytes += count;
    [piece, other] = [other, piece];
    count = await next;
  }
  return { bytes, hash: hash.digest("hex") };
}

async function readInto(file: FileHandle, piece: Buffer): Promise<number> {
  return (await file.read(piece, 0, piece.length, null)).bytesRead;
}
