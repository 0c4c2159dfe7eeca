// Reads numbers from the texts of data and requests, in the same way everywhere.

const TENTHS = Float64Array.from({ length: 12 }, (_, digits) => 10 ** digits);
const [POINT, MINUS, ZERO] = [0x2e, 0x2d, 0x30];

/**
 * The number of a short text (see text-words.ts) of digits, with a sign and a point at most; NaN for any other text. Twelve
 * digits and a power of ten are exact, so their quotient is the number that `Number` reads.
 */
export function numberOfShort(length: number, a: number, b: number, c: number): number {
  let whole = 0;
  let digits = 0;
  let decimals = -1;
  for (let i = 0; i < length; i++) {
    const word = i < 4 ? a : i < 8 ? b : c;
    const byte = (word >>> ((i & 3) << 3)) & 0xff;
    const digit = byte - ZERO;
    if (digit >= 0 && digit <= 9) {
      whole = 10 * whole + digit;
      digits += 1;
    } else if (byte === POINT && decimals < 0) decimals = digits;
    else if (byte !== MINUS || i > 0) return Number.NaN;
  }
  if (digits === 0) return Number.NaN;
  const number = decimals < 0 ? whole : whole / TENTHS[digits - decimals]!;
  return (a & 0xff) === MINUS ? -number : number;
}

/** NaN for a text that is not a number, and for an empty one, which `Number` takes for 0. */
export function numberOfText(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}
