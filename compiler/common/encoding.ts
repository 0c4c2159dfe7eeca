// Names the encoding of a file that is not UTF-8. All texts that dinc reads are UTF-8.

import { shellCommand } from "./shell.ts";

export interface OtherEncoding {
  /** The name in messages, such as "UTF-16"; null if it is unknown. */
  readonly name: string | null;
  /** The name for iconv; null if it is unknown. */
  readonly iconv: string | null;
  /** The name for `csv.encoding`; null if a CSV cannot be read in it. */
  readonly csv: "utf-16le" | "utf-16be" | null;
}

/** Any encoding with one byte per character. */
export const unknownEncoding: OtherEncoding = { name: null, iconv: null, csv: null };

/**
 * For the first bytes of a text that is not UTF-8, or contains zero bytes, which no text does; null if the
 * encoding cannot be determined.
 */
export function encodingOf(bytes: Uint8Array): OtherEncoding | null {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return { name: "UTF-32", iconv: "UTF-32", csv: null };
  if (a === 0xff && b === 0xfe) return { name: "UTF-16", iconv: "UTF-16", csv: "utf-16le" };
  if (a === 0xfe && b === 0xff) return { name: "UTF-16", iconv: "UTF-16", csv: "utf-16be" };
  // Without a byte order mark: in the characters with which all texts begin, every other byte is 0.
  const head = bytes.subarray(0, 64 & ~1);
  const zeros = (from: number) => head.filter((byte, i) => i % 2 === from && byte === 0).length;
  const half = Math.floor(Math.min(head.length, 64) / 2);
  if (half > 1 && zeros(1) > half / 2 && zeros(0) === 0)
    return { name: "UTF-16", iconv: "UTF-16LE", csv: "utf-16le" };
  if (half > 1 && zeros(0) > half / 2 && zeros(1) === 0)
    return { name: "UTF-16", iconv: "UTF-16BE", csv: "utf-16be" };
  return null;
}

/** The text of a file, or its encoding if that is not UTF-8. */
export function decoded(bytes: Uint8Array): string | OtherEncoding {
  const other = encodingOf(bytes);
  if (other !== null) return other;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return unknownEncoding;
  }
}

/** How to convert a file to UTF-8. */
export interface Rewriting {
  readonly command: string;
  /** Whether the file must be saved first, because the rows are not in a file. */
  readonly isSaved: boolean;
}

/** The shell command that converts such a file. */
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
