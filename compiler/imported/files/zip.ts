// Finds the entries of a ZIP archive, stored as `torch.save` writes them or deflated, also beyond 4 GB (ZIP64). Every
// offset is compared with the file's size before anything is read.

import { CheckpointError, type RandomAccess } from "./random-access.ts";

export interface ZipEntry {
  readonly name: string;
  /** The position of its bytes in the file, and their number there. */
  readonly offset: number;
  readonly stored: number;
  readonly isDeflated: boolean;
  /** The number of bytes of its content. */
  readonly size: number;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const END_64_LOCATOR = 0x07064b50;
/** An end record, with the longest comment. */
const LONGEST_END = 22 + 0xffff;
/** A field with this value has its number among the extra fields. */
const ELSEWHERE = 0xffffffff;
/** The number of the only compression that is read. */
const DEFLATE = 8;
/** A directory of this size lists a million weights. */
const LARGEST_DIRECTORY = 200_000_000;

/** By name. Throws CheckpointError. */
export async function zipEntries(file: RandomAccess): Promise<Map<string, ZipEntry>> {
  const { offset, size } = await directoryOf(file);
  if (size > LARGEST_DIRECTORY || offset + size > file.size) throw damaged();
  const directory = await view(file, offset, size);
  const entries = new Map<string, ZipEntry>();
  for (let at = 0; at < directory.byteLength; ) {
    if (at + 46 > directory.byteLength || directory.getUint32(at, true) !== CENTRAL) throw damaged();
    const nameLength = directory.getUint16(at + 28, true);
    const extraLength = directory.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + directory.getUint16(at + 32, true);
    if (next > directory.byteLength) throw damaged();
    const name = text(directory, at + 46, nameLength);
    const isEncrypted = (directory.getUint16(at + 8, true) & 1) !== 0;
    const method = directory.getUint16(at + 10, true);
    if (isEncrypted || (method !== 0 && method !== DEFLATE))
      throw new CheckpointError(
        `has the entry "${name}", which is encrypted or compressed in an unknown way`,
      );
    const { size, stored, header } = largeSizes(directory, at, at + 46 + nameLength, extraLength);
    if (method === 0 && size !== stored) throw damaged();
    const offset = await offsetOf(file, name, stored, header);
    entries.set(name, { name, offset, stored, isDeflated: method === DEFLATE, size });
    at = next;
  }
  return entries;
}

function damaged(): CheckpointError {
  return new CheckpointError("has a list of entries that does not fit into it");
}

async function directoryOf(file: RandomAccess): Promise<{ readonly offset: number; readonly size: number }> {
  const length = Math.min(file.size, LONGEST_END);
  const tail = await view(file, file.size - length, length);
  for (let at = length - 22; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END) continue;
    const [size, offset] = [tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)];
    const hasLocator = at >= 20 && tail.getUint32(at - 20, true) === END_64_LOCATOR;
    if (!hasLocator) return { offset, size };
    const position = numberAt(tail, at - 12);
    if (position + 56 > file.size) break;
    const large = await view(file, position, 56);
    if (large.getUint32(0, true) !== END_64) break;
    return { offset: numberAt(large, 48), size: numberAt(large, 40) };
  }
  throw new CheckpointError("is not an archive as torch.save and numpy.savez write it, or is cut short");
}

/** The sizes and the position of the local header of a directory's entry. */
function largeSizes(
  directory: DataView,
  at: number,
  extra: number,
  extraLength: number,
): { readonly size: number; readonly stored: number; readonly header: number } {
  const fields = [at + 24, at + 20, at + 42].map((place) => directory.getUint32(place, true));
  const [size, stored, header] = fields as [number, number, number];
  const large: number[] = [];
  for (let from = extra; from + 4 <= extra + extraLength; ) {
    const length = directory.getUint16(from + 2, true);
    if (directory.getUint16(from, true) === 1)
      for (let i = 0; i + 8 <= length && from + 12 + i <= directory.byteLength; i += 8)
        large.push(numberAt(directory, from + 4 + i));
    from += 4 + length;
  }
  const next = (value: number) => (value === ELSEWHERE ? (large.shift() ?? value) : value);
  // Those that need 64 bits, in this order.
  return { size: next(size), stored: next(stored), header: next(header) };
}

async function offsetOf(file: RandomAccess, name: string, stored: number, header: number): Promise<number> {
  const outside = () => new CheckpointError(`has the entry "${name}" outside of it`);
  if (header + 30 > file.size) throw outside();
  const local = await view(file, header, 30);
  if (local.getUint32(0, true) !== LOCAL) throw outside();
  const offset = header + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  if (offset + stored > file.size) throw outside();
  return offset;
}

async function view(file: RandomAccess, offset: number, length: number): Promise<DataView<ArrayBuffer>> {
  const bytes = await file.read(offset, length);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A number above 2⁵³ lies outside of every file. */
function numberAt(bytes: DataView, at: number): number {
  return Number(bytes.getBigUint64(at, true));
}

function text(bytes: DataView<ArrayBuffer>, at: number, length: number): string {
  return new TextDecoder().decode(new Uint8Array(bytes.buffer, bytes.byteOffset + at, length));
}
