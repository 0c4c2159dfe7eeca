// Computes the size and SHA-256 of bytes, with the browser's implementation if it has one, which needs a
// secure page.

import { sha256 } from "../../compiler/serve/sha256.ts";
import type { Manifest } from "../../runtime/run/run-folder.ts";

export type Fingerprint = Manifest["files"][string];

export async function fingerprintOf(bytes: Uint8Array<ArrayBuffer>): Promise<Fingerprint> {
  return { bytes: bytes.length, hash: await hashOf(bytes) };
}

async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (subtle === undefined) return sha256(bytes);
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
