// Memory that threads share.

export function sharedMemory(size: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(size));
}
