// Weights as bytes of the standard safetensors format (f32 only), in pieces, for a file or another
// destination.

export interface Tensor {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

/** Texts next to the tensors: the format's `__metadata__`. */
export type Metadata = Readonly<Record<string, string>>;

/** The key of the texts in a header. */
export const METADATA = "__metadata__";

/** A file of tensors in their order, in pieces that share the tensors' memory. */
export function* safetensorsPieces(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Metadata = {},
): Generator<Uint8Array> {
  yield headerBytes(tensors, metadata);
  for (const { values } of tensors.values()) yield bytesOf(values);
}

/** The length of the header, followed by the header. */
export function headerBytes(tensors: ReadonlyMap<string, Tensor>, metadata: Metadata): Uint8Array {
  const header: Record<string, unknown> = Object.keys(metadata).length === 0 ? {} : { [METADATA]: metadata };
  let offset = 0;
  for (const [name, { dims, values }] of tensors) {
    header[name] = { dtype: "F32", shape: dims, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // The format requires the data to start at a multiple of 8.
  const padded = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - 8), true);
  padded.set(text, 8);
  return padded;
}

export function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The tensors whose names begin with a prefix, under the rest of their names. */
export function startingWith(
  prefix: string,
  tensors: ReadonlyMap<string, Tensor>,
): Map<string, Float32Array> {
  const found = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(found.map(([name, { values }]) => [name.slice(prefix.length), values]));
}
