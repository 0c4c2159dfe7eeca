// A stream that passes bytes on, and reports their number now and then.

import { Transform } from "node:stream";

/** After every `every` bytes, `passed` gets the total. */
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
