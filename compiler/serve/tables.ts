// Embedding tables whose rows are not 32-bit floats of the weights file: 16-bit floats, bytes with a scale for each row, or
// rows of a store. Whoever asks gets 32-bit floats; only the rows asked for are ever made, and a file's are read in place.

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

  /** Writes the rows that the first `count` ids name to out[at] and after, one after the other. */
  abstract gather(out: Float32Array, at: number, ids: Int32Array, count: number): void;

  /** The same rows in a buffer of the table's own, for as long as nothing else is asked of it. */
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

/** The number that 16 bits stand for; exact. There are no infinities and no NaN among them. */
function floatOf(half: number): number {
  // Exponent and fraction where a 32-bit float has them: too small by 2 to the difference of the biases, 127 − 15.
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

/** Rows of an embedding table that live in a store. */
export interface EmbeddingSource {
  /**
   * Writes the rows of `ids` [count] to `out` [count × width], one after the other, before it returns. Ids count as the rows
   * of the table that training left do: 1 is that of unknown values, 2 that of the first known one.
   */
  lookup(ids: Int32Array, count: number, out: Float32Array, width: number): void;
}

export class SourceTable extends RowTable {
  private readonly source: EmbeddingSource;
  private readonly field: string;
  private rows = new Float32Array(0);

  /** `field` is what messages call it. */
  constructor(source: EmbeddingSource, field: string, width: number) {
    super(width);
    this.source = source;
    this.field = field;
  }

  override gather(out: Float32Array, at: number, ids: Int32Array, count: number): void {
    const { width } = this;
    const length = count * width;
    // As long as it must be, so that a source which writes more is told by the array itself.
    if (this.rows.length !== length) this.rows = new Float32Array(length);
    const { rows } = this;
    rows.fill(Number.NaN);
    this.source.lookup(ids.subarray(0, count), count, rows, width);
    for (let i = 0, o = at; i < length; i++) {
      const x = rows[i]!;
      if (!Number.isFinite(x)) {
        const r = Math.floor(i / width);
        throw new RankerInputError(
          this.field,
          `gave ${Number.isNaN(x) ? "no number" : x} at ${i % width} of ${width} for id ${ids[r]}: lookup must write count × width finite numbers before it returns`,
        );
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

/** The source that `tables` has for a table which is not in the weights file. */
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

/** Refuses sources of tables other than those that the weights file was written without. */
export function checkSources(tables: unknown, names: readonly string[]): void {
  for (const name of Object.keys(tables ?? {}))
    if (!names.includes(name))
      throw new RankerInputError(`tables.${name}`, "is no table that this module was compiled without");
}
