// Deterministic randomness that follows from a text, so that the same file is always split in the same way,
// and an order of values.

/** FNV-1a. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  // Similar texts have similar last bits, so these are mixed.
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Orders numbers by size, and other values as texts. */
export function compared(a: unknown, b: unknown): number {
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return String(a) < String(b) ? -1 : 1;
}
