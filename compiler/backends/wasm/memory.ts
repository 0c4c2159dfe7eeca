// Sizes of WebAssembly's memory.

/** It grows by so many bytes. */
export const PAGE = 65536;

/** A line of a cache: what is written beside a value does not slow down who reads it. */
export const LINE = 64;

/** The first byte from there on at which a value may begin. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / LINE) * LINE;
}
