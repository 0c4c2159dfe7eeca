// Seals a file with its own SHA-256, so that one changed bit anywhere in it is found. The digest is of the bytes with
// zeros in its place.

import { createHash } from "node:crypto";

/** What stands in the place of the digest until it is known. */
export const UNSEALED = "0".repeat(64);

export function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The same bytes with their digest where `UNSEALED` stands first. */
export function sealed(bytes: Buffer): Buffer {
  return withText(bytes, bytes.indexOf(UNSEALED), digest(bytes));
}

/** Whether `bytes`, which contain `seal` as their digest, are unchanged. */
export function isSealed(bytes: Buffer, seal: string): boolean {
  const at = seal.length === UNSEALED.length ? bytes.indexOf(seal) : -1;
  return at >= 0 && digest(withText(bytes, at, UNSEALED)) === seal;
}

function withText(bytes: Buffer, at: number, text: string): Buffer {
  const changed = Buffer.from(bytes);
  changed.write(text, at, "latin1");
  return changed;
}
