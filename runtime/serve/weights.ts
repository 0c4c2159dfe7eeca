// The weights file: magic, version, header length and checksum, a JSON header in ASCII, then tensors of f32 at
// multiples of 64 bytes, little-endian. Nothing in it is believed before it is checked against the file's length and checksum.

import type { GoldenRequest } from "./golden.ts";

/** The file is not one this module can use: cut short, changed, or another model's. */
export class RankerWeightsError extends Error {
  override readonly name = "RankerWeightsError";
}

export interface WeightsHeader {
  /** Fingerprint of the program that the weights are for. */
  readonly program: string;
  readonly tensors: readonly TensorEntry[];
  /** By feature: its known values in the order of their ids, from 2. Pairs, so that any name will do. */
  readonly vocabularies: readonly (readonly [string, readonly string[]])[];
  /** By feature: what its transforms learned, by place in its pipe. */
  readonly transforms: readonly (readonly [string, readonly (readonly number[])[]])[];
  readonly golden: readonly GoldenRequest[];
}

export interface TensorEntry {
  readonly name: string;
  /** How many numbers, and at which byte of the file they begin. */
  readonly length: number;
  readonly offset: number;
}

export const WEIGHTS_MAGIC = "DINCWTS1";
export const WEIGHTS_VERSION = 2;
/** Magic (8 bytes), version, header length, CRC-32 of all that follows, zero: u32 each. */
export const WEIGHTS_PREFIX = 24;
export const WEIGHTS_ALIGNMENT = 64;

export class WeightsFile {
  readonly header: WeightsHeader;
  private readonly tensors = new Map<string, Float32Array>();

  /** `program` is the fingerprint that the header must have. Views the bytes where it can, copies where it must. */
  constructor(weights: Uint8Array | ArrayBuffer, program: string) {
    const bytes = bytesOf(weights);
    this.header = readHeader(bytes);
    if (this.header.program !== program)
      throw new RankerWeightsError(
        "the weights belong to another model: compile model.ts and its weights together",
      );
    for (const { name, length, offset } of this.header.tensors)
      this.tensors.set(name, new Float32Array(bytes.buffer, bytes.byteOffset + offset, length));
  }

  /** A weight of `length` numbers. */
  parameter(name: string, length: number): Float32Array {
    const values = this.tensors.get(name);
    if (values?.length !== length)
      throw new RankerWeightsError(`the weights hold no ${name} of ${length} numbers`);
    return values;
  }

  /** A table for `known` values: a row for each, after those for padding and unknown ones. */
  table(name: string, known: number, width: number): Float32Array {
    return this.parameter(`table.${name}`, (known + 2) * width);
  }

  vocabulary(feature: string): readonly string[] {
    const found = this.header.vocabularies.find(([name]) => name === feature);
    if (found === undefined) throw new RankerWeightsError(`the weights hold no vocabulary of ${feature}`);
    return found[1];
  }

  /** What the transform at a place in a feature's pipe learned. */
  learned(feature: string, place: number): readonly number[] {
    const found = this.header.transforms.find(([name]) => name === feature)?.[1][place];
    if (found === undefined)
      throw new RankerWeightsError(`the weights hold nothing learned by transform ${place} of ${feature}`);
    return found;
  }
}

function bytesOf(weights: Uint8Array | ArrayBuffer): Uint8Array {
  if (!(weights instanceof Uint8Array) && !(weights instanceof ArrayBuffer))
    throw new RankerWeightsError("weights must be a Uint8Array or an ArrayBuffer");
  const bytes = weights instanceof Uint8Array ? weights : new Uint8Array(weights);
  // Views of f32 need an address that is a multiple of 4, which a slice of a pooled buffer may not have.
  return bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
}

function readHeader(bytes: Uint8Array): WeightsHeader {
  if (bytes.length < WEIGHTS_PREFIX)
    throw new RankerWeightsError(`the weights end after ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < WEIGHTS_MAGIC.length; i++) {
    if (bytes[i] !== WEIGHTS_MAGIC.charCodeAt(i))
      throw new RankerWeightsError("these bytes are not a weights file of dinc");
  }
  const version = view.getUint32(8, true);
  if (version !== WEIGHTS_VERSION)
    throw new RankerWeightsError(
      `the weights have version ${version}, this module reads version ${WEIGHTS_VERSION}`,
    );
  const length = view.getUint32(12, true);
  if (length > bytes.length - WEIGHTS_PREFIX)
    throw new RankerWeightsError(`the weights end after ${bytes.length} bytes, inside their header`);
  if (crc32(bytes, WEIGHTS_PREFIX) !== view.getUint32(16, true))
    throw new RankerWeightsError("the weights were cut short or changed: their checksum does not match");
  // The checksum holds: what follows is what dinc wrote, unless somebody made it to deceive.
  let header: WeightsHeader;
  try {
    header = JSON.parse(ascii(bytes, WEIGHTS_PREFIX, WEIGHTS_PREFIX + length)) as WeightsHeader;
  } catch {
    throw new RankerWeightsError("the header of the weights is not JSON");
  }
  for (const key of ["tensors", "vocabularies", "transforms", "golden"] as const) {
    if (!Array.isArray(header?.[key]))
      throw new RankerWeightsError(`the header of the weights has no ${key}`);
  }
  for (const { name, length: numbers, offset } of header.tensors) {
    const inside =
      Number.isSafeInteger(numbers) &&
      Number.isSafeInteger(offset) &&
      numbers >= 0 &&
      offset >= WEIGHTS_PREFIX + length &&
      offset % WEIGHTS_ALIGNMENT === 0 &&
      offset + numbers * 4 <= bytes.length;
    if (!inside) throw new RankerWeightsError(`tensor ${name} does not lie within the weights`);
  }
  return header;
}

/** The header is ASCII (other characters are written `\\uXXXX`), so that no platform's text decoder is needed. */
function ascii(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i += 8192)
    text += String.fromCharCode(...bytes.subarray(i, Math.min(i + 8192, to)));
  return text;
}

/** CRC-32 (ISO-HDLC, as in zip and PNG) of the bytes from `from` on. */
export function crc32(bytes: Uint8Array, from: number): number {
  const table = new Int32Array(256);
  for (let i = 0; i < 256; i++) {
    let value = i;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    table[i] = value;
  }
  let crc = -1;
  for (let i = from; i < bytes.length; i++) crc = table[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
