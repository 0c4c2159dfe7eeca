// Seals a file with its own SHA-256, so that any changed bit is detected. The digest is computed with zeros
// in its place.

import { sha256 } from "../../compiler/serve/sha256.ts";

/** The placeholder until the digest is known. */
export const UNSEALED = "0".repeat(64);

/** The same bytes with their digest in place of the first `UNSEALED`. */
export function sealed(bytes: Uint8Array): Uint8Array {
  return withText(bytes, placeOf(UNSEALED, bytes), sha256(bytes));
}

/** Whether `bytes`, which contain `seal` as their digest, are unchanged. */
export function isSealed(bytes: Uint8Array, seal: string): boolean {
  const at = seal.length === UNSEALED.length ? placeOf(seal, bytes) : -1;
  return at >= 0 && sha256(withText(bytes, at, UNSEALED)) === seal;
}

/** Each byte becomes one character. */
function placeOf(text: string, bytes: Uint8Array): number {
  return new TextDecoder("latin1").decode(bytes).indexOf(text);
}

function withText(bytes: Uint8Array, at: number, text: string): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed.set(new TextEncoder().encode(text), at);
  return changed;
}
