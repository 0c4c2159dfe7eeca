// Embedding tables whose rows are not 32-bit floats in the weights file: 16-bit floats, bytes with a scale
// for each row, or rows of a store. Callers get 32-bit floats. Only requested rows are computed, and those of
// a file are read in place.

import { floats } from "./buffers.ts";
import { FIRST_KNOWN_ID } from "./features.ts";
import { propertyOf, RankerInputError } from "./requests.ts";
import { SCALE_PREFIX, TABLE_PREFIX, type WeightsFile } from "./weights.ts";

export abstract class RowTable {
  readonly width: number;
  private buffer: Float32Array = new Float32Array(0);

  constructor(width: number) {
    this.width = width;
  }

  /** Writes the rows of the first `count` ids to `out`, from index `at` on, one after the other. */
  abstract gather(out: Float32Array, at: number, ids: Int32Array, count: number): void;

  /** The same rows in the table's own buffer, valid until the next call. */
  gathered(ids: Int32Array, count: number): Float32Array {
    this.buffer = floats(this.buffer, count * this.width);
    this.gather(this.buffer, 0, ids, count);
    return this.buffer;
  }
}

/** Rows of 16-bit floats (IEEE 754 binary16). */
export class HalfTable extends RowTable {
  private readonly bits: Uint16Array;

  constructor(bits: Uint16Array, width: number) {
    super(width);
    this.bits = bits;
  }

  override gather(out: Float32Array, at: number, ids: Int32Array, count: number): void {
    const { bits, width } = this;
    for (let r = 0, o = at; r < count; r++) {
      let i = ids[r]! * width;
      for (let j = 0; j < width; j++) out[o++] = floatOf(bits[i++]!);
    }
  }
}

const wordBits = new Int32Array(1);
const wordFloat = new Float32Array(wordBits.buffer);

/** The number of a 16-bit float, exactly. There are no infinities or NaN among them. */
function floatOf(half: number): number {
  // Moves exponent and fraction to their position in a 32-bit float; the result is too small by 2 to the
  // difference of the biases, 127 − 15.
  wordBits[0] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13);
  return wordFloat[0]! * 2 ** 112;
}

/** Rows of signed bytes, each times the scale of its row. */
export class ByteTable extends RowTable {
  private readonly bytes: Int8Array;
  private readonly scales: Float32Array;

  constructor(bytes: Int8Array, scales: Float32Array, width: number) {
    super(width);
    this.bytes = bytes;
    this.scales = scales;
  }

  override gather(out: Float32Array, at: number, ids: Int32Array, count: number): void {
    const { bytes, scales, width } = this;
    for (let r = 0, o = at; r < count; r++) {
      const scale = scales[ids[r]!]!;
      let i = ids[r]! * width;
      for (let j = 0; j < width; j++) out[o++] = bytes[i++]! * scale;
    }
  }
}

/** A store with the rows of an embedding table. */
export interface EmbeddingSource {
  /**
   * Writes the rows of `ids` [count] to `out` [count × width], one after the other, before it returns. Ids
   * are row numbers of the trained table: 1 is the row of unknown values, 2 that of the first known one.
   */
  lookup(ids: Int32Array, count: number, out: Float32Array, width: number): void;
}

export class SourceTable extends RowTable {
  private readonly source: EmbeddingSource;
  private readonly field: string;
  private rows = new Float32Array(0);

  /** `field` is its name in messages. */
  constructor(source: EmbeddingSource, field: string, width: number) {
    super(width);
    this.source = source;
    this.field = field;
  }

  override gather(out: Float32Array, at: number, ids: Int32Array, count: number): void {
    const { width } = this;
    const length = count * width;
    // Exactly as long as needed, so that a source that writes more gets an error from the array.
    if (this.rows.length !== length) this.rows = new Float32Array(length);
    const { rows } = this;
    rows.fill(Number.NaN);
    this.source.lookup(ids.subarray(0, count), count, rows, width);
    for (let i = 0, o = at; i < length; i++) {
      const x = rows[i]!;
      if (!Number.isFinite(x)) {
        const given = Number.isNaN(x) ? "no number" : x;
        const place = `${i % width} of ${width} for id ${ids[Math.floor(i / width)]}`;
        const rule = "lookup must write count × width finite numbers before it returns";
        throw new RankerInputError(this.field, `gave ${given} at ${place}: ${rule}`);
      }
      out[o++] = x;
    }
  }
}

export function halfTable(file: WeightsFile, name: string, known: number, width: number): HalfTable {
  const length = (known + FIRST_KNOWN_ID) * width;
  return new HalfTable(file.tensor(`${TABLE_PREFIX}${name}`, "f16", length), width);
}

export function byteTable(file: WeightsFile, name: string, known: number, width: number): ByteTable {
  const rows = known + FIRST_KNOWN_ID;
  const bytes = file.tensor(`${TABLE_PREFIX}${name}`, "i8", rows * width);
  return new ByteTable(bytes, file.tensor(`${SCALE_PREFIX}${name}`, "f32", rows), width);
}

/** The source in `tables` for a table outside the weights file. */
export function sourceTable(tables: unknown, name: string, width: number): SourceTable {
  const source = propertyOf(tables, name);
  const field = `tables.${name}`;
  if (typeof propertyOf(source, "lookup") !== "function")
    throw new RankerInputError(
      field,
      "must have a lookup: the rows of this table are not in the weights file",
    );
  return new SourceTable(source as EmbeddingSource, field, width);
}

/** Rejects sources of tables that are in the weights file. */
export function checkSources(tables: unknown, names: readonly string[]): void {
  for (const name of Object.keys(tables ?? {}))
    if (!names.includes(name))
      throw new RankerInputError(`tables.${name}`, "isn't a table that this module was compiled without");
}
