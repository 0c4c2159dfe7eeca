// Reads and writes weights in the standard safetensors format (f32 only), which Python's stock library reads
// too. Reading checks everything: every length is compared with the file's size before memory is allocated. A
// file may be sealed: its header then contains its own digest and that of each tensor.

import { constants } from "node:buffer";
import { type FileHandle, open } from "node:fs/promises";
import { float32s } from "../../compiler/data/columns.ts";
import { digest } from "../files/fingerprint.ts";
import { bytesOf, headerBytes, METADATA, type Metadata, type Tensor } from "./safetensors-bytes.ts";
import { isSealed, sealed, UNSEALED } from "./seal.ts";

/** The reason why dinc cannot read a safetensors file, as a clause that completes "the file …". */
export class SafetensorsError extends Error {
  override readonly name = "SafetensorsError";
}

/** The limit of the reference implementation. */
const MAX_HEADER = 100_000_000;
/** One read or write of the operating system moves less than 2 GiB. */
const CHUNK = 1 << 30;

/**
 * The keys in a sealed file: the digest of its header including the length before it, and the digest of each
 * tensor's bytes.
 */
const SEAL = "dinc.seal";
const DIGESTS = "dinc.digests";

/** Writes `pieces` one after the other through an open file. */
export async function writePieces(file: FileHandle, pieces: Iterable<Uint8Array>): Promise<void> {
  for (const piece of pieces) await writeAll(file, piece);
}

/** Writes a sealed file. */
export async function writeSealedSafetensors(
  file: FileHandle,
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Metadata,
): Promise<void> {
  const digests = Object.fromEntries(
    [...tensors].map(([name, { values }]) => [name, digest(bytesOf(values))]),
  );
  const seals = { [SEAL]: UNSEALED, [DIGESTS]: JSON.stringify(digests) };
  await writeAll(file, sealed(headerBytes(tensors, { ...seals, ...metadata })));
  for (const { values } of tensors.values()) await writeAll(file, bytesOf(values));
}

/** Writes all of `bytes` at the current position of the file. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, Math.min(CHUNK, bytes.length - at));
    at += bytesWritten;
  }
}

/**
 * All tensors of the file, in order. Throws SafetensorsError with the reason if the file is invalid, and with
 * `mustBeSealed` also if it was changed.
 */
export async function readSafetensors(
  path: string,
  mustBeSealed = false,
): Promise<{ readonly tensors: Map<string, Tensor>; readonly metadata: Metadata }> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (size < 8) throw new SafetensorsError(`is ${size} bytes long, too short for a header`);
    const length = Number((await readAll(file, 0, 8)).getBigUint64(0, true));
    if (length > size - 8 || length > MAX_HEADER)
      throw new SafetensorsError(`claims a header of ${length} bytes and has ${size} bytes in all`);
    const bytes = await readAll(file, 0, 8 + length);
    const header = headerOf(new DataView(bytes.buffer, 8));
    const metadata = metadataOf(header);
    const digests = mustBeSealed ? sealedDigests(bytes, metadata) : null;
    const entries = entriesOf(header, size - 8 - length);
    const tensors = new Map<string, Tensor>();
    for (const { name, dims, start, end } of entries) {
      // Threads share it.
      const values = float32s((end - start) / float32s.bytes);
      const data = bytesOf(values);
      await readInto(file, 8 + length + start, data);
      if (digests !== null && digest(data) !== digests[name])
        throw new SafetensorsError(`was changed: the checksum of "${name}" does not match`);
      tensors.set(name, { dims, values });
    }
    return { tensors, metadata };
  } finally {
    await file.close();
  }
}

/** The digests of tensors from an unchanged header. */
function sealedDigests({ buffer }: DataView<ArrayBuffer>, metadata: Metadata): Record<string, unknown> {
  if (!isSealed(new Uint8Array(buffer), metadata[SEAL] ?? ""))
    throw new SafetensorsError(
      "has no checksum of its header that matches: it was changed, or is of an earlier dinc",
    );
  return JSON.parse(metadata[DIGESTS] ?? "{}") as Record<string, unknown>;
}

async function readAll(file: FileHandle, position: number, length: number): Promise<DataView<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  await readInto(file, position, bytes);
  return new DataView(bytes.buffer);
}

async function readInto(file: FileHandle, position: number, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, at, Math.min(CHUNK, bytes.length - at), position + at);
    if (bytesRead === 0) throw new SafetensorsError("ends while it is read");
    at += bytesRead;
  }
}

interface Entry {
  readonly name: string;
  readonly dims: readonly number[];
  readonly start: number;
  readonly end: number;
}

function headerOf(header: DataView<ArrayBuffer>): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(header));
  } catch {
    throw new SafetensorsError("has a header that is not JSON");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new SafetensorsError("has a header that is not an object");
  return parsed;
}

function metadataOf(header: object): Metadata {
  const texts = (header as { readonly [METADATA]?: unknown })[METADATA] ?? {};
  if (typeof texts !== "object" || !Object.values(texts).every((text) => typeof text === "string"))
    throw new SafetensorsError("has metadata that is not texts by name");
  return texts as Metadata;
}

function entriesOf(header: object, dataBytes: number): Entry[] {
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, value]) => entryOf(name, value));
  let covered = 0;
  for (const { name, start, end } of [...entries].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== covered) throw new SafetensorsError(`has a gap or an overlap before tensor "${name}"`);
    covered = end;
  }
  if (covered !== dataBytes)
    throw new SafetensorsError(`should hold ${covered} bytes of tensors and holds ${dataBytes}`);
  return entries;
}

function entryOf(name: string, value: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  if (dtype !== "F32") throw new SafetensorsError(`has tensor "${name}" of type ${String(dtype)}, not F32`);
  if (!isSizes(shape)) throw new SafetensorsError(`has tensor "${name}" without a valid shape`);
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!)
    throw new SafetensorsError(`has tensor "${name}" without valid offsets`);
  const [start, end] = offsets as [number, number];
  const bytes = shape.reduce((product, dim) => product * dim, 4);
  if (bytes !== end - start)
    throw new SafetensorsError(`has tensor "${name}" of shape [${shape.join(", ")}] in ${end - start} bytes`);
  if (bytes > constants.MAX_LENGTH)
    throw new SafetensorsError(
      `has tensor "${name}" of ${bytes} bytes, and Node ${process.version} holds at most ${constants.MAX_LENGTH} in one array; use Node 22 or later`,
    );
  return { name, dims: shape, start, end };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
