// Seals a file with its own SHA-256, so that one changed bit anywhere in it is found. The digest is of the bytes with
// zeros in its place.

import { sha256 } from "../../compiler/common/sha256.ts";

/** What stands in the place of the digest until it is known. */
export const UNSEALED = "0".repeat(64);

/** The same bytes with their digest where `UNSEALED` stands first. */
export function sealed(bytes: Uint8Array): Uint8Array {
  return withText(bytes, placeOf(UNSEALED, bytes), sha256(bytes));
}

/** Whether `bytes`, which contain `seal` as their digest, are unchanged. */
export function isSealed(bytes: Uint8Array, seal: string): boolean {
  const at = seal.length === UNSEALED.length ? placeOf(seal, bytes) : -1;
  return at >= 0 && sha256(withText(bytes, at, UNSEALED)) === seal;
}

/** One byte is one character. */
function placeOf(text: string, bytes: Uint8Array): number {
  return new TextDecoder("latin1").decode(bytes).indexOf(text);
}

function withText(bytes: Uint8Array, at: number, text: string): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed.set(new TextEncoder().encode(text), at);
  return changed;
}
