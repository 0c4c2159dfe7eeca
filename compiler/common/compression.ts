// The compressions of files: what their names and first bytes say, and the command that decompresses them. dinc reads gzip alone.

import { shellCommand } from "./shell.ts";

export interface Compression {
  /** For a message. */
  readonly name: string;
  /** Matches the ending of a file's name, with its dot. */
  readonly ending: RegExp;
  /** Matches the first bytes of a content, as hexadecimal digits. */
  readonly begins: RegExp;
  /** The command that writes the decompressed content to its output. */
  readonly decompressing: (path: string) => string;
}

/** The number of first bytes that tell every compression. */
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
    // A frame, or one that is skipped before it.
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

/** The compression that the ending of a name says, and the name without it; null for gzip, and where it says none. */
export function otherCompressionOf(
  path: string,
): { readonly compression: Compression; readonly unpacked: string } | null {
  const compression = others.find(({ ending }) => ending.test(path));
  return compression === undefined ? null : { compression, unpacked: path.replace(compression.ending, "") };
}

/** The compression that a content begins as; null where it begins as none. */
export function compressionIn(bytes: Uint8Array): Compression | null {
  const head = Array.from(bytes.subarray(0, COMPRESSION_BYTES), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  return [gzip, ...others].find(({ begins }) => begins.test(head)) ?? null;
}

/** The command that packs a file again, as dinc reads it. */
export function recompressing(compression: Compression, from: string, to: string): string {
  const decompressing = compression.decompressing(from);
  return compression === gzip
    ? shellCommand`cp ${from} ${to}`
    : `${decompressing} | ${shellCommand`gzip > ${to}`}`;
}
