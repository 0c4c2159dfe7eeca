// A stream that passes bytes on, and says now and then how many there have been.

import { Transform } from "node:stream";

/** Each time that another `every` bytes have passed, `passed` gets how many they are in all. */
export function countedBytes(every: number, passed: (bytes: number) => void): Transform {
  let bytes = 0;
  return new Transform({
    transform(piece: Buffer, _, next) {
      const before = Math.floor(bytes / every);
      bytes += piece.length;
      if (Math.floor(bytes / every) > before) passed(bytes);
      next(null, piece);
    },
  });
}
