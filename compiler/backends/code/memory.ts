// The layout of values in the memory that code works on.

/** Bytes of a cache line. Values on separate lines do not slow down threads that read others. */
export const LINE = 64;

/** The first byte from there on that is aligned for a value. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / LINE) * LINE;
}
