// Decompresses the buffers of Arrow's batches: LZ4, as pandas writes them unless told otherwise, and ZSTD.

/// <reference path="./lz4js.d.ts" />

import { damaged } from "../content-problem.ts";

/** The length of a buffer precedes its compressed content, as 64 bits. */
const LENGTH_BYTES = 8;

/** The most that a byte becomes: in LZ4 the length of a repetition grows by 255 with each byte, in ZSTD 4 bytes are a block. */
const LARGEST = { lz4: 255, zstd: 2 ** 17 } as const;

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
  setCompressionCodec(CompressionType.LZ4_FRAME, codec("lz4", lz4.decompressFrame));
  setCompressionCodec(
    CompressionType.ZSTD,
    codec("zstd", (from, to) => zstd.decompress(from, to).length),
  );
}
