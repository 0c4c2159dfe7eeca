// The packings of files: what their names and first bytes say, and the command that unpacks them. dinc reads gzip alone.

import { shellCommand } from "./shell.ts";

export interface Packing {
  /** For a message. */
  readonly name: string;
  /** Of the file's name, with its dot. */
  readonly ending: RegExp;
  /** How its content begins, as hexadecimal digits. */
  readonly begins: RegExp;
  /** Writes what a file holds to the command's output. */
  readonly unpacking: (path: string) => string;
}

/** As many first bytes tell every packing. */
export const PACKING_BYTES = 10;

const gzip: Packing = {
  name: "gzip",
  ending: /\.gz$/i,
  begins: /^1f8b/,
  unpacking: (path) => shellCommand`gunzip -c ${path}`,
};

const others: readonly Packing[] = [
  {
    name: "zstd",
    ending: /\.zstd?$/i,
    // A frame, or one that is skipped before it.
    begins: /^(?:28b52ffd|5[0-9a-f]2a4d18)/,
    unpacking: (path) => shellCommand`zstd -dc ${path}`,
  },
  {
    name: "bzip2",
    ending: /\.bz2$/i,
    begins: /^425a683[1-9]314159265359/,
    unpacking: (path) => shellCommand`bzip2 -dc ${path}`,
  },
  {
    name: "xz",
    ending: /\.xz$/i,
    begins: /^fd377a585a00/,
    unpacking: (path) => shellCommand`xz -dc ${path}`,
  },
  {
    name: "LZ4",
    ending: /\.lz4$/i,
    begins: /^04224d18/,
    unpacking: (path) => shellCommand`lz4 -dc ${path}`,
  },
  {
    name: "zip",
    ending: /\.zip$/i,
    begins: /^504b0304/,
    unpacking: (path) => shellCommand`unzip -p ${path}`,
  },
];

/** The packing that the ending of a name says, and the name without it; null for gzip, and where it says none. */
export function otherPackingOf(
  path: string,
): { readonly packing: Packing; readonly unpacked: string } | null {
  const packing = others.find(({ ending }) => ending.test(path));
  return packing === undefined ? null : { packing, unpacked: path.replace(packing.ending, "") };
}

/** The packing that a content begins as; null where it begins as none. */
export function packingIn(bytes: Uint8Array): Packing | null {
  const head = Array.from(bytes.subarray(0, PACKING_BYTES), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  return [gzip, ...others].find(({ begins }) => begins.test(head)) ?? null;
}

/** The command that packs a file again, as dinc reads it. */
export function repacking(packing: Packing, from: string, to: string): string {
  const unpacking = packing.unpacking(from);
  return packing === gzip ? shellCommand`cp ${from} ${to}` : `${unpacking} | ${shellCommand`gzip > ${to}`}`;
}
