// The parts of lz4js that dinc uses: the package has no types.

declare module "lz4js" {
  const lz4: {
    /** Decompresses `length` bytes of `from` at `at` to the bytes of `to` from `end` on, and returns the new end. */
    decompressBlock(from: Uint8Array, to: Uint8Array, at: number, length: number, end: number): number;
  };
  export default lz4;
}
