// Counts bytes that pass, and reports their number now and then.

import { Transform } from "node:stream";

/** The fetched bytes between two lines of progress. */
export const FETCHED_BYTES = 1e8;

/** Adds up numbers of bytes. After every `every` bytes, `passed` gets the total. */
export function byteCounter(every: number, passed: (bytes: number) => void): (more: number) => void {
  let bytes = 0;
  return (more) => {
    const before = Math.floor(bytes / every);
    bytes += more;
    if (Math.floor(bytes / every) > before) passed(bytes);
  };
}

/** A stream that passes bytes on. After every `every` bytes, `passed` gets the total. */
export function countedBytes(every: number, passed: (bytes: number) => void): Transform {
  const count = byteCounter(every, passed);
  return new Transform({
    transform(piece: Buffer, _, next) {
      count(piece.length);
      next(null, piece);
    },
  });
}
