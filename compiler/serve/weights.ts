// The weights file: magic, version, length and checksum of the header, zero; a JSON header in ASCII; then the
// tensors in its order, each from the next multiple of 64 bytes on, little-endian, up to the file's end. The
// position of a tensor follows from the lengths before it, so no two can overlap. Everything is checked
// before it is used, or memory is allocated for it: the header against its checksum, the lengths against the
// file's, each tensor against its own checksum.

import { FIRST_KNOWN_ID } from "./features.ts";
import { propertyOf } from "./requests.ts";

export interface GoldenRequest {
  readonly request: unknown;
  /** By label: one logit per candidate. */
  readonly logits: readonly (readonly [string, readonly number[]])[];
}

/** Thrown if this module cannot use the file: it is truncated, modified, or another model's. */
export class RankerWeightsError extends Error {
  override readonly name = "RankerWeightsError";
}

export interface WeightsHeader {
  /** Fingerprint of the program that the weights are for. */
  readonly program: string;
  /** The run of the weights, as in `About`. */
  readonly run: string | null;
  readonly tensors: readonly TensorEntry[];
  /** By feature: its known values in the order of their ids, from 2. Pairs, so that any name is possible. */
  readonly vocabularies: readonly (readonly [string, readonly string[]])[];
  /** By feature: the fitted values of its transforms, by index in its pipe. */
  readonly transforms: readonly (readonly [string, readonly (readonly number[])[]])[];
  readonly golden: readonly GoldenRequest[];
  /** By column of the training rows: its most frequent values. */
  readonly common: readonly (readonly [string, readonly string[]])[];
  /** By column of the training rows: its minimum and maximum, then deciles. */
  readonly usual: readonly (readonly [string, readonly number[]])[];
}

export interface TensorEntry {
  readonly name: string;
  readonly type: TensorFormat;
  /** The number of elements. */
  readonly length: number;
  /** CRC-32 of its bytes and of the zeros up to the next multiple of 64. */
  readonly checksum: number;
}

/** 32-bit floats, 16-bit floats (as bits), signed bytes. */
export interface TensorArrays {
  readonly f32: Float32Array;
  readonly f16: Uint16Array;
  readonly i8: Int8Array;
}
export type TensorFormat = keyof TensorArrays;

/** Bytes per number. */
export const WIDTHS: Readonly<Record<TensorFormat, number>> = { f32: 4, f16: 2, i8: 1 };

export const WEIGHTS_MAGIC = "DINCWTS1";
export const WEIGHTS_VERSION = 3;
/**
 * Magic (8 bytes), version, header length, CRC-32 of the bytes from there to the first tensor, zero: u32
 * each.
 */
export const WEIGHTS_PREFIX = 24;
export const WEIGHTS_ALIGNMENT = 64;
/** Prefixes of the names of tensors with tables' rows, and with their scales. */
export const TABLE_PREFIX = "table.";
export const SCALE_PREFIX = "scale.";

export function aligned(offset: number): number {
  return Math.ceil(offset / WEIGHTS_ALIGNMENT) * WEIGHTS_ALIGNMENT;
}

export class WeightsFile {
  readonly header: WeightsHeader;
  private readonly bytes: Uint8Array;
  /** By name: the tensor, and its first byte. */
  private readonly tensors = new Map<string, { readonly entry: TensorEntry; readonly offset: number }>();

  /**
   * `program` is the fingerprint that the header must have. Creates views of the bytes where possible, copies
   * otherwise. Tables are only read in full if `checkTables` is true.
   */
  constructor(weights: Uint8Array | ArrayBuffer, program: string, checkTables = true) {
    const bytes = bytesOf(weights);
    const [header, first] = readHeader(bytes);
    if (header.program !== program)
      throw new RankerWeightsError(
        "the weights belong to another model: compile model.ts and its weights together",
      );
    let offset = first;
    for (const entry of header.tensors) {
      this.tensors.set(entry.name, { entry, offset });
      offset = aligned(offset + entry.length * WIDTHS[entry.type]);
    }
    if (offset !== bytes.length)
      throw new RankerWeightsError(
        `the weights have ${bytes.length} bytes instead of the ${offset} that their header speaks of`,
      );
    for (const { entry, offset: from } of this.tensors.values()) {
      if (!checkTables && (entry.name.startsWith(TABLE_PREFIX) || entry.name.startsWith(SCALE_PREFIX)))
        continue;
      if (crc32(bytes, from, aligned(from + entry.length * WIDTHS[entry.type])) !== entry.checksum)
        throw new RankerWeightsError(
          `the weights were changed: the checksum of ${entry.name} does not match`,
        );
    }
    this.header = header;
    // Views of f32 need an address that is a multiple of 4, which a part of a pooled buffer may not have.
    // Buffer.slice would copy nothing.
    this.bytes = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  }

  /** The checksum of the header, which has the checksums of all tensors: other weights have another one. */
  get checksum(): number {
    return new DataView(this.bytes.buffer, this.bytes.byteOffset, WEIGHTS_PREFIX).getUint32(16, true);
  }

  /** The numbers of a tensor, a view of the file. */
  tensor<T extends TensorFormat>(name: string, type: T, length: number): TensorArrays[T] {
    const found = this.tensors.get(name);
    if (found?.entry.type !== type || found.entry.length !== length)
      throw new RankerWeightsError(`the weights hold no ${name} of ${length} numbers (${type})`);
    const { buffer, byteOffset } = this.bytes;
    return viewOf(type, buffer, byteOffset + found.offset, length) as TensorArrays[T];
  }

  /** A weight of `length` numbers. */
  parameter(name: string, length: number): Float32Array {
    return this.tensor(name, "f32", length);
  }

  /** A table for `known` values: a row for each, after those for padding and unknown values. */
  table(name: string, known: number, width: number): Float32Array {
    return this.tensor(`${TABLE_PREFIX}${name}`, "f32", (known + FIRST_KNOWN_ID) * width);
  }

  vocabulary(feature: string): readonly string[] {
    const found = this.header.vocabularies.find(([name]) => name === feature);
    if (found === undefined) throw new RankerWeightsError(`the weights hold no vocabulary of ${feature}`);
    return found[1];
  }

  /** The training rows' most frequent values of a column; empty if they are not known. */
  common(column: string): readonly string[] {
    return this.header.common.find(([name]) => name === column)?.[1] ?? [];
  }

  /** The training rows' minimum and maximum of a column, then their deciles; empty if they are not known. */
  usual(column: string): readonly number[] {
    return this.header.usual.find(([name]) => name === column)?.[1] ?? [];
  }

  /** The fitted values of the transform at an index in a feature's pipe. */
  learned(feature: string, place: number): readonly number[] {
    const found = this.header.transforms.find(([name]) => name === feature)?.[1][place];
    if (found === undefined)
      throw new RankerWeightsError(`the weights hold nothing learned by transform ${place} of ${feature}`);
    return found;
  }
}

export class StoredWeights {
  protected readonly file: WeightsFile;
  protected readonly tables: unknown;

  constructor(file: WeightsFile, tables: unknown) {
    this.file = file;
    this.tables = tables;
  }

  get checksum(): number {
    return this.file.checksum;
  }
}

function viewOf(
  type: TensorFormat,
  buffer: ArrayBufferLike,
  offset: number,
  length: number,
): TensorArrays[TensorFormat] {
  if (type === "f32") return new Float32Array(buffer, offset, length);
  return type === "f16" ? new Uint16Array(buffer, offset, length) : new Int8Array(buffer, offset, length);
}

function bytesOf(weights: Uint8Array | ArrayBuffer): Uint8Array {
  if (weights instanceof Uint8Array) return weights;
  if (weights instanceof ArrayBuffer) return new Uint8Array(weights);
  throw new RankerWeightsError("weights must be a Uint8Array or an ArrayBuffer");
}

/** The header, and the first byte of the first tensor. */
export function readHeader(bytes: Uint8Array): [WeightsHeader, number] {
  if (bytes.length < WEIGHTS_PREFIX)
    throw new RankerWeightsError(`the weights end after ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, WEIGHTS_PREFIX);
  for (let i = 0; i < WEIGHTS_MAGIC.length; i++) {
    if (bytes[i] !== WEIGHTS_MAGIC.charCodeAt(i))
      throw new RankerWeightsError("these bytes are not a weights file of dinc");
  }
  const version = view.getUint32(8, true);
  if (version !== WEIGHTS_VERSION)
    throw new RankerWeightsError(
      `the weights have version ${version}, this module reads version ${WEIGHTS_VERSION}`,
    );
  const end = WEIGHTS_PREFIX + view.getUint32(12, true);
  const first = aligned(end);
  if (first > bytes.length)
    throw new RankerWeightsError(`the weights end after ${bytes.length} bytes, inside their header`);
  if (crc32(bytes, WEIGHTS_PREFIX, first) !== view.getUint32(16, true) || view.getUint32(20, true) !== 0)
    throw new RankerWeightsError("the header of the weights was changed: its checksum does not match");
  // With a right checksum, this is what dinc wrote, unless someone forged it.
  let header: WeightsHeader;
  try {
    header = JSON.parse(ascii(bytes, WEIGHTS_PREFIX, end)) as WeightsHeader;
  } catch {
    throw new RankerWeightsError("the header of the weights is not JSON");
  }
  for (const [part, isRight] of HEADER_PARTS) {
    if (!isRight(propertyOf(header, part)))
      throw new RankerWeightsError(`the header of the weights has no ${part}, or not as dinc writes them`);
  }
  return [header, first];
}

type Check = (value: unknown) => boolean;

/** The parts of a header, and the check of each. */
const HEADER_PARTS: readonly (readonly [part: string, isRight: Check])[] = [
  ["run", (value) => value === null || isText(value)],
  ["tensors", listOf(isTensorEntry)],
  ["vocabularies", listOf(namedBy(listOf(isText)))],
  ["transforms", listOf(namedBy(listOf(listOf(Number.isFinite))))],
  ["common", listOf(namedBy(listOf(isText)))],
  ["usual", listOf(namedBy(listOf(Number.isFinite)))],
  ["golden", listOf((value) => listOf(namedBy(listOf(Number.isFinite)))(propertyOf(value, "logits")))],
];

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function listOf(isRight: Check): Check {
  return (value) => Array.isArray(value) && value.every((each) => isRight(each));
}

/** A pair of a name and a value. */
function namedBy(isRight: Check): Check {
  return (value) => Array.isArray(value) && value.length === 2 && isText(value[0]) && isRight(value[1]);
}

function isTensorEntry(value: unknown): boolean {
  const type = propertyOf(value, "type");
  const length = propertyOf(value, "length");
  return (
    isText(propertyOf(value, "name")) &&
    typeof type === "string" &&
    Object.hasOwn(WIDTHS, type) &&
    Number.isSafeInteger(length) &&
    (length as number) >= 0
  );
}

/** The header is ASCII (other characters are written `\\uXXXX`), so no platform's text decoder is needed. */
export function ascii(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i += 8192)
    text += String.fromCharCode(...bytes.subarray(i, Math.min(i + 8192, to)));
  return text;
}

/**
 * CRC-32 (ISO-HDLC, as in zip and PNG) of the bytes from `from` up to, but not including, `to`, eight at a
 * time; `before` is the checksum of the preceding bytes.
 */
export function crc32(bytes: Uint8Array, from: number, to: number, before = 0): number {
  const table = (crcTable ??= newCrcTable());
  let crc = ~before;
  // Large files are processed in parts, so that indices are small integers, which are fast.
  for (let first = from; first < to; first += CRC_PART) {
    const part = bytes.subarray(first, Math.min(first + CRC_PART, to));
    let i = 0;
    for (; i + 8 <= part.length; i += 8) {
      crc ^= part[i]! | (part[i + 1]! << 8) | (part[i + 2]! << 16) | (part[i + 3]! << 24);
      crc =
        table[0x700 + (crc & 255)]! ^
        table[0x600 + ((crc >>> 8) & 255)]! ^
        table[0x500 + ((crc >>> 16) & 255)]! ^
        table[0x400 + (crc >>> 24)]! ^
        table[0x300 + part[i + 4]!]! ^
        table[0x200 + part[i + 5]!]! ^
        table[0x100 + part[i + 6]!]! ^
        table[part[i + 7]!]!;
    }
    for (; i < part.length; i++) crc = table[(crc ^ part[i]!) & 255]! ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

const CRC_PART = 2 ** 30;
let crcTable: Int32Array | null = null;

/** The effect of a byte on the checksum if 0 … 7 bytes follow it. */
function newCrcTable(): Int32Array {
  const table = new Int32Array(8 * 256);
  for (let i = 0; i < 256; i++) {
    let value = i;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    table[i] = value;
  }
  for (let i = 256; i < table.length; i++) {
    const before = table[i - 256]!;
    table[i] = (before >>> 8) ^ table[before & 255]!;
  }
  return table;
}
