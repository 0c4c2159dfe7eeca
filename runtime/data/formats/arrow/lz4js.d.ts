// The parts of lz4js that dinc uses: the package has no types.

declare module "lz4js" {
  const lz4: {
    /** Returns the number of bytes. */
    decompressFrame(from: Uint8Array, to: Uint8Array): number;
  };
  export default lz4;
}
