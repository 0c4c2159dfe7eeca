// The compressions of files: how their names and contents show them, and the commands that decompress them.
// dinc reads only gzip.

import { shellCommand } from "./shell.ts";

export interface Compression {
  /** The name in messages. */
  readonly name: string;
  /** Matches the ending of a file's name, with its dot. */
  readonly ending: RegExp;
  /** Matches the first bytes of the content, as hexadecimal digits. */
  readonly begins: RegExp;
  /** The command that writes the decompressed content to standard output. */
  readonly decompressing: (path: string) => string;
}

/** The number of first bytes that identify every compression. */
export const COMPRESSION_BYTES = 10;

const gzip: Compression = {
  name: "gzip",
  ending: /\.gz$/i,
  begins: /^1f8b/,
  decompressing: (path) => shellCommand`gunzip -c ${path}`,
};

const others: readonly Compression[] = [
  {
    name: "zstd",
    ending: /\.zstd?$/i,
    // A frame, or a skippable frame before it.
    begins: /^(?:28b52ffd|5[0-9a-f]2a4d18)/,
    decompressing: (path) => shellCommand`zstd -dc ${path}`,
  },
  {
    name: "bzip2",
    ending: /\.bz2$/i,
    begins: /^425a683[1-9]314159265359/,
    decompressing: (path) => shellCommand`bzip2 -dc ${path}`,
  },
  {
    name: "xz",
    ending: /\.xz$/i,
    begins: /^fd377a585a00/,
    decompressing: (path) => shellCommand`xz -dc ${path}`,
  },
  {
    name: "LZ4",
    ending: /\.lz4$/i,
    begins: /^04224d18/,
    decompressing: (path) => shellCommand`lz4 -dc ${path}`,
  },
  {
    name: "zip",
    ending: /\.zip$/i,
    begins: /^504b0304/,
    decompressing: (path) => shellCommand`unzip -p ${path}`,
  },
];

/**
 * The compression that the ending of a name shows, and the name without the ending; null for gzip, and if it
 * shows none.
 */
export function otherCompressionOf(
  path: string,
): { readonly compression: Compression; readonly unpacked: string } | null {
  const compression = others.find(({ ending }) => ending.test(path));
  return compression === undefined ? null : { compression, unpacked: path.replace(compression.ending, "") };
}

/** The compression that the content begins with; null if there is none. */
export function compressionIn(bytes: Uint8Array): Compression | null {
  const head = Array.from(bytes.subarray(0, COMPRESSION_BYTES), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  return [gzip, ...others].find(({ begins }) => begins.test(head)) ?? null;
}

/** The command that compresses a file again in the form that dinc reads. */
export function recompressing(compression: Compression, from: string, to: string): string {
  const decompressing = compression.decompressing(from);
  return compression === gzip
    ? shellCommand`cp ${from} ${to}`
    : `${decompressing} | ${shellCommand`gzip > ${to}`}`;
}
