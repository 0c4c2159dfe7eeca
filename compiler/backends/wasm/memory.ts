// How values lie in the memory of a WebAssembly module.

/** Bytes of a line of a cache: values on lines of their own do not slow down threads that read others. */
export const LINE = 64;

/** The first byte from there on at which a value may begin. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / LINE) * LINE;
}
