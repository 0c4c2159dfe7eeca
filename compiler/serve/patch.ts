// A patch leads from one weights file to another one of the same program, bit for bit. Magic, version, length of the
// header, length of the patch, checksum of all else; a JSON header in ASCII; then, coded by `range-coder.ts`, the header of
// the new file as copies from the old one and new text, and by tensor the runs of numbers that changed, each as the
// difference of the two numbers' bits. A patch names both files by a hash, so that it fits no other file.

import {
  type BitCoder,
  codeBits,
  evenProbabilities,
  NumberCoder,
  RangeDecoder,
  signedOf,
  unsignedOf,
} from "./range-coder.ts";
import { propertyOf } from "./requests.ts";
import { sha256 } from "./sha256.ts";
import {
  aligned,
  ascii,
  crc32,
  RankerWeightsError,
  readHeader,
  type TensorEntry,
  type TensorFormat,
  WEIGHTS_MAGIC,
  WEIGHTS_PREFIX,
  WEIGHTS_VERSION,
  WeightsFile,
  type WeightsHeader,
  WIDTHS,
} from "./weights.ts";

/** Which weights a file has. */
export interface WeightsIdentity {
  readonly run: string | null;
  /** SHA-256 of the file's bytes before its first tensor, which include the checksum of every tensor. */
  readonly hash: string;
}

export interface PatchHeader {
  /** Fingerprint of the program that both files are for. */
  readonly program: string;
  readonly from: WeightsIdentity;
  readonly to: WeightsIdentity;
  /** The number of bytes of the new file's header. */
  readonly headerLength: number;
  /** Whether numbers are those of training, or the old ones plus a difference in 16 bits. */
  readonly deltas: PatchDeltas;
}

export type PatchDeltas = "exact" | "16-bit";

export const PATCH_MAGIC = "DINCPAT1";
export const PATCH_VERSION = 1;
/** Magic (8 bytes), version and header length (u32), length of the patch (f64), CRC-32 of all other bytes (u32). */
export const PATCH_PREFIX = 28;
/** Where the checksum is. */
export const PATCH_CHECKSUM = 24;

/**
 * The weights that a patch leads to, as new bytes; `allocate` gives their memory. Throws RankerWeightsError if
 * the patch is cut short, changed, for another model, or for other weights than these, and if the weights were
 * changed.
 */
export function patchedWeights(
  weights: Uint8Array | ArrayBuffer,
  patch: Uint8Array | ArrayBuffer,
  allocate: (size: number) => Uint8Array = (size) => new Uint8Array(size),
): Uint8Array {
  const [old, given] = [alignedBytes(weights), alignedBytes(patch)];
  const { header, body } = readPatch(given);
  const before = readHeader(old);
  requireFit(header, before[0], hashOf(old, before[1]));
  const decoder = new RangeDecoder(given, body);
  const oldText = headerText(old);
  if (header.headerLength > oldText.length + MOST_REPEATED + MOST_NUMBERS_PER_BYTE * given.length)
    throw damaged("it has too little text");
  const text = patchedText(decoder, oldText, header.headerLength);
  const first = aligned(WEIGHTS_PREFIX + text.length);
  const head = new Uint8Array(first);
  writeHead(head, text);
  const [{ tensors }] = readHeader(head);
  requireGrowth(before[0].tensors, tensors, given.length);
  const bytes = allocate(layoutOf(tensors, first).end);
  bytes.set(head);
  const places = layoutOf(before[0].tensors, before[1]);
  const coders = new DifferenceCoders(header.deltas);
  let offset = first;
  for (const entry of tensors) {
    const from = places.of.get(tensorKey(entry));
    patchTensor(decoder, coders, entry, numbersAt(old, from), numbersAt(bytes, { entry, offset }));
    offset = aligned(offset + entry.length * WIDTHS[entry.type]);
  }
  if (hashOf(bytes, first) !== header.to.hash) throw damaged("it gives another header");
  new WeightsFile(bytes, header.program);
  return bytes;
}

/** Tells which weights a file has. Throws RankerWeightsError if its header cannot be read. */
export function identityOf(weights: Uint8Array): WeightsIdentity {
  const [{ run }, first] = readHeader(weights);
  return { run, hash: hashOf(weights, first) };
}

function hashOf(weights: Uint8Array, first: number): string {
  return sha256(weights.subarray(0, first));
}

/** The header of a patch, and its first byte after it. Throws RankerWeightsError if this isn't a whole patch. */
export function readPatch(bytes: Uint8Array): { readonly header: PatchHeader; readonly body: number } {
  for (let i = 0; i < Math.min(bytes.length, PATCH_MAGIC.length); i++)
    if (bytes[i] !== PATCH_MAGIC.charCodeAt(i))
      throw new RankerWeightsError("these bytes are not a patch of weights of dinc");
  if (bytes.length < PATCH_PREFIX) throw new RankerWeightsError(`the patch ends after ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = view.getUint32(8, true);
  if (version !== PATCH_VERSION)
    throw new RankerWeightsError(
      `the patch has version ${version}, and version ${PATCH_VERSION} is read here`,
    );
  const length = view.getFloat64(16, true);
  if (length !== bytes.length)
    throw new RankerWeightsError(
      length > bytes.length
        ? `the patch ends after ${bytes.length} of its ${length} bytes`
        : `the patch has ${bytes.length} bytes instead of ${length}`,
    );
  const body = PATCH_PREFIX + view.getUint32(12, true);
  const checksum = crc32(bytes, PATCH_PREFIX, length, crc32(bytes, 0, PATCH_CHECKSUM));
  if (checksum !== view.getUint32(PATCH_CHECKSUM, true) || body > length)
    throw damaged("its checksum does not match");
  let header: PatchHeader;
  try {
    header = JSON.parse(ascii(bytes, PATCH_PREFIX, body)) as PatchHeader;
  } catch {
    throw damaged("its header is not JSON");
  }
  if (!isPatchHeader(header)) throw damaged("its header is not as dinc writes it");
  return { header, body };
}

function isPatchHeader(header: unknown): boolean {
  const isIdentity = (value: unknown) => {
    const run = propertyOf(value, "run");
    return (run === null || typeof run === "string") && typeof propertyOf(value, "hash") === "string";
  };
  const [length, deltas] = [propertyOf(header, "headerLength"), propertyOf(header, "deltas")];
  return (
    typeof propertyOf(header, "program") === "string" &&
    isIdentity(propertyOf(header, "from")) &&
    isIdentity(propertyOf(header, "to")) &&
    Number.isInteger(length) &&
    (length as number) >= 0 &&
    (length as number) < 2 ** 32 &&
    (deltas === "exact" || deltas === "16-bit")
  );
}

function requireFit({ program, from, to }: PatchHeader, weights: WeightsHeader, hash: string): void {
  if (program !== weights.program)
    throw new RankerWeightsError("the patch belongs to another model, or to another version of this one");
  if (hash === from.hash) return;
  if (hash === to.hash)
    throw new RankerWeightsError(
      `the patch was applied before: these are the weights of ${runText(to.run)}, to which it leads`,
    );
  const [before, after] = [weightsText(from.run, from.hash), weightsText(to.run, to.hash)];
  const given = weightsText(weights.run, hash);
  throw new RankerWeightsError(
    `the patch leads from ${before} to ${after}, but these are the weights of ${given}`,
  );
}

function weightsText(run: string | null, hash: string): string {
  return `${runText(run)} (${shortHash(hash)})`;
}

function runText(run: string | null): string {
  return run === null ? "no run" : `run ${run}`;
}

function shortHash(hash: string): string {
  return hash.slice(0, 12);
}

function damaged(why: string): RankerWeightsError {
  return new RankerWeightsError(`the patch was changed: ${why}`);
}

/** Every new number takes a bit of the patch at least, so memory is only taken for what a patch holds. */
function requireGrowth(
  before: readonly TensorEntry[],
  now: readonly TensorEntry[],
  patchLength: number,
): void {
  const lengths = new Map(before.map((entry) => [tensorKey(entry), entry.length]));
  const grown = now.reduce(
    (sum, entry) => sum + Math.max(0, entry.length - (lengths.get(tensorKey(entry)) ?? 0)),
    0,
  );
  if (grown > MOST_NUMBERS_PER_BYTE * patchLength) throw damaged("it has too few numbers");
}

/** A decision takes a hundredth of a bit at least, and a number or a byte of text has six. */
const MOST_NUMBERS_PER_BYTE = 128;

/** Bytes of text that repeat others, which take hardly a bit. No header had a hundredth of them. */
const MOST_REPEATED = 2 ** 26;

/** The bytes of a weights file's header. */
export function headerText(weights: Uint8Array): Uint8Array {
  const view = new DataView(weights.buffer, weights.byteOffset);
  return weights.subarray(WEIGHTS_PREFIX, WEIGHTS_PREFIX + view.getUint32(12, true));
}

/** Writes what a weights file has before its first tensor. */
export function writeHead(head: Uint8Array, text: Uint8Array): void {
  const view = new DataView(head.buffer, head.byteOffset);
  for (let i = 0; i < WEIGHTS_MAGIC.length; i++) head[i] = WEIGHTS_MAGIC.charCodeAt(i);
  head.set(text, WEIGHTS_PREFIX);
  view.setUint32(8, WEIGHTS_VERSION, true);
  view.setUint32(12, text.length, true);
  view.setUint32(16, crc32(head, WEIGHTS_PREFIX, head.length), true);
}

/** A tensor of one type has a name of its own. */
export function tensorKey({ type, name }: TensorEntry): string {
  return `${type} ${name}`;
}

interface TensorSpan {
  readonly entry: TensorEntry;
  readonly offset: number;
}

/** By key: the tensors of a file, the first of them at an offset; and the file's end. */
export function layoutOf(
  tensors: readonly TensorEntry[],
  first: number,
): { readonly of: ReadonlyMap<string, TensorSpan>; readonly end: number } {
  const of = new Map<string, TensorSpan>();
  let end = first;
  for (const entry of tensors) {
    of.set(tensorKey(entry), { entry, offset: end });
    end = aligned(end + entry.length * WIDTHS[entry.type]);
  }
  return { of, end };
}

/** The bits of numbers, as whole numbers. */
export type NumberBits = Int32Array | Int16Array | Int8Array;

/** The bits of a tensor's numbers; none of no tensor. */
export function numbersAt(bytes: Uint8Array, place: TensorSpan | undefined): NumberBits {
  if (place === undefined) return new Int8Array(0);
  const { type, length } = place.entry;
  const { buffer, byteOffset } = bytes;
  const offset = byteOffset + place.offset;
  if (type === "f32") return new Int32Array(buffer, offset, length);
  return type === "f16" ? new Int16Array(buffer, offset, length) : new Int8Array(buffer, offset, length);
}

/** Views of f32 need an address that is a multiple of 4. A Buffer's own slice would be no copy. */
export function alignedBytes(given: Uint8Array | ArrayBuffer): Uint8Array {
  const bytes = given instanceof Uint8Array ? given : new Uint8Array(given);
  return bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
}

/** Codes numbers by their differences from those before. */
export class DifferenceCoders {
  readonly runs = new NumberCoder();
  readonly skipped = new NumberCoder();
  readonly counts = new NumberCoder();
  private readonly deltas: PatchDeltas;
  private readonly exact = new NumberCoder();
  private readonly exponents = evenProbabilities(2 ** 16);
  private lastExponent = 0;
  /** The exponent of the old number before. */
  private before = 0;

  constructor(deltas: PatchDeltas) {
    this.deltas = deltas;
  }

  /** Codes the bits of a number whose bits were `old`; `isNew` if there were none. */
  number(coder: BitCoder, type: TensorFormat, old: number, isNew: boolean, now: number): number {
    if (this.deltas === "exact" || type !== "f32" || isNew) {
      const shift = 32 - 8 * WIDTHS[type];
      const difference = ((inOrder(type, now) - inOrder(type, old)) << shift) >> shift;
      // A difference takes as many bits more as the old number's exponent is less than that of the one before.
      const exponent = type === "f32" ? (old >>> 23) & 255 : 0;
      const coded = signedOf(this.exact.code(coder, unsignedOf(difference), this.before - exponent));
      this.before = exponent;
      return inOrder(type, ((inOrder(type, old) + coded) << shift) >> shift);
    }
    return addSmall(old, this.smallDelta(coder, smallDelta(old, now)));
  }

  /** The exponent, by the one before; sign and mantissa are as good as random. */
  private smallDelta(coder: BitCoder, delta: number): number {
    const exponent = codeBits(coder, this.exponents, 256 * this.lastExponent, 8, (delta >> 7) & 255);
    this.lastExponent = exponent;
    let coded = coder.evenBit(delta >> 15);
    coded = (coded << 8) | exponent;
    for (let i = 6; i >= 0; i--) coded = (coded << 1) | coder.evenBit((delta >> i) & 1);
    return coded;
  }
}

/** The bits of a float as a whole number that grows with it; its own inverse. */
function inOrder(type: TensorFormat, bits: number): number {
  if (type === "i8") return bits;
  return bits ^ ((bits >> 31) & (type === "f32" ? 0x7fffffff : 0x7fff));
}

const oneFloat = new Float32Array(1);
const oneFloatBits = new Int32Array(oneFloat.buffer);

function bitsAsFloat(bits: number): number {
  oneFloatBits[0] = bits;
  return oneFloat[0]!;
}

function floatAsBits(value: number): number {
  oneFloat[0] = value;
  return oneFloatBits[0]!;
}

/** The difference of two floats, given and returned as bits: the upper half of a float (bfloat16), rounded. */
export function smallDelta(old: number, now: number): number {
  return ((floatAsBits(bitsAsFloat(now) - bitsAsFloat(old)) + 0x8000) >>> 16) & 0xffff;
}

/** The float plus a difference of `smallDelta`, as bits. */
export function addSmall(old: number, delta: number): number {
  return floatAsBits(bitsAsFloat(old) + bitsAsFloat(delta << 16));
}

function patchTensor(
  decoder: RangeDecoder,
  coders: DifferenceCoders,
  { type }: TensorEntry,
  old: NumberBits,
  now: NumberBits,
): void {
  now.set(old.subarray(0, now.length));
  let end = 0;
  for (let runs = coders.runs.code(decoder, 0); runs > 0; runs--) {
    const start = end + coders.skipped.code(decoder, 0);
    end = start + coders.counts.code(decoder, 0) + 1;
    if (end > now.length) throw damaged("numbers lie outside a tensor");
    for (let i = start; i < end; i++) now[i] = coders.number(decoder, type, old[i] ?? 0, i >= old.length, 0);
  }
  if (end < now.length && old.length < now.length) throw damaged("numbers are missing");
}

/** The next part of a text: one byte, or bytes as they were somewhere before. */
export type TextPart =
  | { readonly kind: "byte"; readonly byte: number }
  | { readonly kind: "copy"; readonly from: number; readonly length: number };

/** Shorter copies are not worth their place. */
export const SHORTEST_COPY = 6;

/** Codes the parts of a text. Places count from the old text's first byte on, through the new text. */
export class TextCoder {
  private readonly kinds = evenProbabilities(2);
  private readonly bytes = evenProbabilities(2 ** 16);
  private readonly places = new NumberCoder();
  private readonly lengths = new NumberCoder();
  private wasCopy = 0;
  private before = 0;
  /** Where a text that changed by parts of the same length continues. */
  private expected = 0;
  /** The place of the next part. */
  private at: number;

  constructor(oldLength: number) {
    this.at = oldLength;
  }

  code(coder: BitCoder, part: TextPart): TextPart {
    const isCopy = coder.bit(this.kinds, this.wasCopy, part.kind === "copy" ? 1 : 0);
    this.wasCopy = isCopy;
    if (isCopy === 0) {
      const byte = codeBits(coder, this.bytes, 256 * this.before, 8, part.kind === "byte" ? part.byte : 0);
      this.before = byte;
      this.expected++;
      this.at++;
      return { kind: "byte", byte };
    }
    const { from: given, length: long } = part.kind === "copy" ? part : { from: 0, length: 0 };
    const distance = this.places.code(coder, given === this.expected ? 0 : this.at - given);
    const from = distance === 0 ? this.expected : this.at - distance;
    const length = SHORTEST_COPY + this.lengths.code(coder, (long - SHORTEST_COPY) >>> 0);
    this.expected = from + length;
    this.at += length;
    this.before = 0;
    return { kind: "copy", from, length };
  }
}

const NOTHING: TextPart = { kind: "byte", byte: 0 };

function patchedText(decoder: RangeDecoder, old: Uint8Array, length: number): Uint8Array {
  const text = new Uint8Array(length);
  const coder = new TextCoder(old.length);
  for (let at = 0; at < length; ) {
    const part = coder.code(decoder, NOTHING);
    if (part.kind === "byte") text[at++] = part.byte;
    else {
      const end = at + part.length;
      if (end > length || part.from < 0 || part.from >= old.length + at)
        throw damaged("its text is too long");
      for (let from = part.from; at < end; from++)
        text[at++] = from < old.length ? old[from]! : text[from - old.length]!;
    }
  }
  return text;
}
