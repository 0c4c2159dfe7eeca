// A file of any size that is read in parts, and the error for one that is not what it claims to be.

export interface RandomAccess {
  /** In bytes. */
  readonly size: number;
  /** The caller stays inside the file. */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** The reason why a file cannot be read, as a clause that completes "the file …". */
export class CheckpointError extends Error {
  override readonly name = "CheckpointError";
}
