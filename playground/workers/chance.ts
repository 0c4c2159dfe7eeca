// The same file is always parted alike: chance that follows from a text, and an order of values.

/** FNV-1a. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  // The last bits of similar texts are alike.
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Numbers by size, other values as texts. */
export function compared(a: unknown, b: unknown): number {
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return String(a) < String(b) ? -1 : 1;
}
