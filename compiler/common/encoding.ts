// Names the encoding of a file that is not UTF-8. All texts that dinc reads are UTF-8.

import { shellCommand } from "./shell.ts";

export interface OtherEncoding {
  /** For a message: "UTF-16"; null where that is not known. */
  readonly name: string | null;
  /** What iconv calls it; null where that is not known. */
  readonly iconv: string | null;
}

/** Any that has a byte for a character. */
export const unknownEncoding: OtherEncoding = { name: null, iconv: null };

/**
 * Of the first bytes of a text that is not UTF-8, or has bytes of 0, which no text has; null where they tell
 * nothing else.
 */
export function encodingOf(bytes: Uint8Array): OtherEncoding | null {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return { name: "UTF-32", iconv: "UTF-32" };
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return { name: "UTF-16", iconv: "UTF-16" };
  // Without a mark: of the characters that all texts begin with, every other byte is 0.
  const head = bytes.subarray(0, 64 & ~1);
  const zeros = (from: number) => head.filter((byte, i) => i % 2 === from && byte === 0).length;
  const half = Math.floor(Math.min(head.length, 64) / 2);
  if (half > 1 && zeros(1) > half / 2 && zeros(0) === 0) return { name: "UTF-16", iconv: "UTF-16LE" };
  if (half > 1 && zeros(0) > half / 2 && zeros(1) === 0) return { name: "UTF-16", iconv: "UTF-16BE" };
  return null;
}

/** The text of a file; what it is instead where it is not UTF-8. */
export function decoded(bytes: Uint8Array): string | OtherEncoding {
  const other = encodingOf(bytes);
  if (other !== null) return other;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return unknownEncoding;
  }
}

/** How a file is written again as UTF-8. */
export interface Rewriting {
  readonly command: string;
  /** Whether the file is what was saved first, of rows that lie in no file. */
  readonly isSaved: boolean;
}

/** How to write such a file again, as a command for a shell. */
export function toUtf8Command(
  { iconv }: OtherEncoding,
  read: string,
  written: string,
  isCompressed = false,
): string {
  const from = iconv ?? "WINDOWS-1252";
  return isCompressed
    ? shellCommand`gunzip -c ${read} | iconv -f ${from} -t UTF-8 > ${written}`
    : shellCommand`iconv -f ${from} -t UTF-8 ${read} > ${written}`;
}
