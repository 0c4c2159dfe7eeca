// An open file that is read in parts.

import type { FileHandle } from "node:fs/promises";
import { CheckpointError, type RandomAccess } from "../../compiler/imported/files/random-access.ts";

/** Node reads at most 2 GiB at once. */
const PIECE = 1 << 30;

export async function randomAccess(file: FileHandle): Promise<RandomAccess> {
  const { size } = await file.stat();
  return {
    size,
    async read(position, length) {
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; ) {
        const { bytesRead } = await file.read(bytes, at, Math.min(length - at, PIECE), position + at);
        if (bytesRead === 0) throw new CheckpointError("ends while it is read");
        at += bytesRead;
      }
      return bytes;
    },
  };
}
