// Makes weights files with another header and a right checksum, which a reader that checks only the checksum
// accepts.

import { aligned, crc32, WEIGHTS_PREFIX } from "../../compiler/serve/weights.ts";

/** The file with another header and its right checksum. */
export function forged(bytes: Uint8Array, change: (header: unknown) => unknown): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const end = WEIGHTS_PREFIX + view.getUint32(12, true);
  const header: unknown = JSON.parse(Buffer.from(bytes.subarray(WEIGHTS_PREFIX, end)).toString());
  const changed = change(header);
  const text = Buffer.from(JSON.stringify(changed === undefined ? header : changed));
  const first = aligned(WEIGHTS_PREFIX + text.length);
  const file = new Uint8Array(first + bytes.length - aligned(end));
  file.set(bytes.subarray(0, WEIGHTS_PREFIX));
  file.set(text, WEIGHTS_PREFIX);
  file.set(bytes.subarray(aligned(end)), first);
  const prefix = new DataView(file.buffer);
  prefix.setUint32(12, text.length, true);
  prefix.setUint32(16, crc32(file, WEIGHTS_PREFIX, first), true);
  return file;
}
