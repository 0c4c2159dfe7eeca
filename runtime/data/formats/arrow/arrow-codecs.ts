// Decompresses the buffers of Arrow's batches: LZ4, as pandas writes them unless told otherwise, and ZSTD.

/// <reference path="./lz4js.d.ts" />

import type lz4js from "lz4js";
import { damaged } from "../content-problem.ts";

/** The length of a buffer precedes its compressed content, as 64 bits. */
const LENGTH_BYTES = 8;

/** The most that a byte becomes: in LZ4 the length of a repetition grows by 255 with each byte, in ZSTD 4 bytes are a block. */
const LARGEST = { lz4: 255, zstd: 2 ** 17 } as const;

/** In the descriptor of a frame in LZ4. */
const FLAGS = { dictionary: 1, contentSize: 8, blockChecksums: 16 } as const;

export async function addCodecs({
  setCompressionCodec,
  CompressionType,
}: typeof import("@uwdata/flechette")): Promise<void> {
  const [{ default: lz4 }, zstd] = await Promise.all([import("lz4js"), import("fzstd")]);
  const codec = (name: keyof typeof LARGEST, decompress: (from: Uint8Array, to: Uint8Array) => number) => ({
    decode(content: Uint8Array): Uint8Array {
      // flechette gives the content alone; its place in the batch leads to the length.
      const { buffer, byteOffset } = content;
      const length = new DataView(buffer, byteOffset - LENGTH_BYTES, LENGTH_BYTES).getBigInt64(0, true);
      if (length < 0n || length > BigInt(content.length * LARGEST[name]))
        throw damaged(`${name} has no ${length} bytes in ${content.length}`);
      const bytes = new Uint8Array(Number(length));
      if (decompress(content, bytes) !== bytes.length) throw damaged(`${name} gives another number of bytes`);
      return bytes;
    },
    encode(content: Uint8Array): Uint8Array {
      return content;
    },
  });
  setCompressionCodec(
    CompressionType.LZ4_FRAME,
    codec("lz4", (from, to) => lz4Frame(from, to, lz4.decompressBlock)),
  );
  setCompressionCodec(
    CompressionType.ZSTD,
    codec("zstd", (from, to) => zstd.decompress(from, to).length),
  );
}

/**
 * Decompresses the blocks of a frame, and returns the number of bytes. lz4js looks for the checksum of a block, which polars writes,
 * before the block instead of after it.
 */
function lz4Frame(from: Uint8Array, to: Uint8Array, decompressBlock: typeof lz4js.decompressBlock): number {
  const view = new DataView(from.buffer, from.byteOffset, from.length);
  const flags = from[4]!;
  const has = (flag: number, bytes: number) => ((flags & flag) === 0 ? 0 : bytes);
  let at = 7 + has(FLAGS.contentSize, 8) + has(FLAGS.dictionary, 4);
  let end = 0;
  for (let size = view.getUint32(at, true); size !== 0; size = view.getUint32(at, true)) {
    at += 4;
    const isCompressed = size < 2 ** 31;
    const length = Math.min(size % 2 ** 31, from.length - at);
    if (isCompressed) end = decompressBlock(from, to, at, length, end);
    else {
      to.set(from.subarray(at, at + length), end);
      end += length;
    }
    at += length + has(FLAGS.blockChecksums, 4);
  }
  return end;
}
