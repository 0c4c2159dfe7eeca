// Converts DuckDB's vectors to cells, when they are used. Most columns repeat a few short texts, and to decode a text costs
// more than to find it among recent ones by its bytes.

import type {
  DuckDBDataChunk,
  DuckDBIntegerVector,
  DuckDBListVector,
  DuckDBVarCharVector,
  DuckDBVector,
} from "@duckdb/node-api";
import { hashOfShort, LONGEST_SHORT } from "../../compiler/common/text-words.ts";
import {
  type ColumnCells,
  DecodedColumn,
  isThere,
  jsonCell,
  type PackedLists,
  type PackedTexts,
  type PackedWholes,
  type RawCell,
} from "../../compiler/data/raw-values.ts";
import type { DataColumn } from "../../compiler/data/table.ts";

type Api = Pick<
  typeof import("@duckdb/node-api"),
  | "DuckDBBigIntVector"
  | "DuckDBDoubleVector"
  | "DuckDBFloatVector"
  | "DuckDBIntegerVector"
  | "DuckDBListVector"
  | "DuckDBSmallIntVector"
  | "DuckDBTinyIntVector"
  | "DuckDBUIntegerVector"
  | "DuckDBUSmallIntVector"
  | "DuckDBUTinyIntVector"
  | "DuckDBVarCharVector"
>;

/** Decodes one column of consecutive chunks. */
export class CellDecoder {
  private readonly api: Api;
  private readonly typeName: string;
  private readonly texts = new RecentTexts();

  constructor(api: Api, { typeName }: Pick<DataColumn, "typeName">) {
    this.api = api;
    this.typeName = typeName;
  }

  column(chunk: DuckDBDataChunk, index: number): ColumnCells {
    return this.columnOf(chunk.getColumnVector(index), this.typeName, chunk);
  }

  private columnOf(vector: DuckDBVector, type: string, chunk: DuckDBDataChunk): ColumnCells {
    const { api } = this;
    if (vector instanceof api.DuckDBListVector) {
      const elements = this.columnOf(vector.childVector, elementOf(type), chunk);
      const decode = () => this.lists(vector, elements.cells);
      const memory = memoryOf(vector["entryData"], vector["validity"]["data"]);
      return new VectorColumn(chunk, decode, { kind: "lists", ...memory, elements });
    }
    if (type === "JSON") return new DecodedColumn(this.valuesOf(vector, type));
    if (vector instanceof api.DuckDBVarCharVector)
      return new TextColumn(new VectorTexts(vector, chunk), this.texts);
    const decode = () => this.valuesOf(vector, type);
    const wholes = (items: Int32Array | BigInt64Array, bits: BigUint64Array | null, has64: boolean) =>
      new VectorColumn(chunk, decode, { kind: "wholes", ...memoryOf(items, bits), has64 });
    if (vector instanceof api.DuckDBIntegerVector)
      return wholes(vector["items"], vector["validity"]["data"], false);
    if (vector instanceof api.DuckDBBigIntVector)
      return wholes(vector["items"], vector["validity"]["data"], true);
    return new DecodedColumn(decode());
  }

  /** The values of DuckDB's type `type`: lists become arrays, and JSON values get their own types. */
  private valuesOf(vector: DuckDBVector, type: string): RawCell[] {
    const { api } = this;
    if (vector instanceof api.DuckDBListVector)
      return this.lists(vector, this.valuesOf(vector.childVector, elementOf(type)));
    if (type === "JSON")
      return itemsOf(vector).map((value) => (typeof value === "string" ? jsonCell(value) : value));
    if (vector instanceof api.DuckDBVarCharVector) return this.texts.read(new VectorTexts(vector, null));
    return this.hasNumbers(vector) ? numbersOf(vector) : itemsOf(vector);
  }

  private lists(vector: DuckDBListVector, all: readonly RawCell[]): RawCell[] {
    const has = presence(vector["validity"]["data"]);
    return Array.from({ length: vector.itemCount }, (_, i) => {
      if (!has(i)) return null;
      const from = vector.getEntryOffset(i);
      return all.slice(from, from + vector.getEntryLength(i));
    });
  }

  private hasNumbers(vector: DuckDBVector): vector is DuckDBIntegerVector {
    const { api } = this;
    return [
      api.DuckDBIntegerVector,
      api.DuckDBBigIntVector,
      api.DuckDBDoubleVector,
      api.DuckDBFloatVector,
      api.DuckDBSmallIntVector,
      api.DuckDBTinyIntVector,
      api.DuckDBUIntegerVector,
      api.DuckDBUSmallIntVector,
      api.DuckDBUTinyIntVector,
    ].some((kind) => vector instanceof kind);
  }
}

function itemsOf(vector: DuckDBVector): RawCell[] {
  return Array.from({ length: vector.itemCount }, (_, i) => vector.getItem(i) as RawCell);
}

/** The other vectors of numbers have the same members. */
function numbersOf(vector: DuckDBIntegerVector): RawCell[] {
  const items: ArrayLike<number | bigint> = vector["items"];
  const { length } = items;
  const values: RawCell[] = new Array(length);
  const has = presence(vector["validity"]["data"]);
  for (let i = 0; i < length; i++) values[i] = has(i) ? items[i]! : null;
  return values;
}

/** Tells of each row whether it has a value, which one bit says. */
function presence(bits: BigUint64Array | null): (row: number) => boolean {
  const bytes = bytesOf(bits);
  return bytes === null ? () => true : (row) => (bytes[row >> 3]! & (1 << (row & 7))) !== 0;
}

function bytesOf(bits: BigUint64Array | null): Uint8Array | null {
  return bits === null ? null : new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength);
}

/** DuckDB stores a text in four words: its length, and its bytes if they are at most twelve. */
const WORDS = 4;
const WORD_BYTES = 4;
/** The first bytes of a longer text are there, too: a byte order mark has three. */
const MARK = 0xbfbbef;

function elementOf(type: string): string {
  return type.replace(/\[\d*\]$/, "");
}

/** The memory of a vector as words, and the rows with a value. */
function memoryOf(
  { buffer, byteOffset, byteLength }: BigUint64Array | BigInt64Array | Int32Array,
  bits: BigUint64Array | null,
): Pick<PackedLists, "words" | "bits" | "firstBit"> {
  const words = new Int32Array(buffer, byteOffset, byteLength / WORD_BYTES);
  return { words, bits: bytesOf(bits), firstBit: 0 };
}

/** Numbers with a smaller high half have at most 53 bits, so that they are exact. */
const EXACT = 2 ** 20;

/** A column that is decoded as a whole. */
class VectorColumn implements ColumnCells {
  readonly packed: PackedWholes | PackedLists;
  /** Keeps the memory of the vector. */
  private readonly chunk: DuckDBDataChunk;
  private readonly decode: () => readonly RawCell[];
  private decoded: readonly RawCell[] | null = null;

  constructor(chunk: DuckDBDataChunk, decode: () => readonly RawCell[], packed: PackedWholes | PackedLists) {
    this.chunk = chunk;
    this.decode = decode;
    this.packed = packed;
  }

  get cells(): readonly RawCell[] {
    this.decoded ??= this.decode();
    return this.decoded;
  }

  cellAt(row: number): RawCell {
    const { packed } = this;
    if (!isThere(packed, row)) return null;
    if (packed.kind === "lists") {
      const { words, elements } = packed;
      const [start, count] = [words[WORDS * row]!, words[WORDS * row + 2]!];
      return Array.from({ length: count }, (_, i) => elements.cellAt(start + i));
    }
    const { words, has64 } = packed;
    if (!has64) return words[row]!;
    const [low, high] = [words[2 * row]! >>> 0, words[2 * row + 1]!];
    // A number makes one bigint, its halves three.
    return high >= -EXACT && high < EXACT
      ? BigInt(2 ** 32 * high + low)
      : (BigInt(high) << 32n) | BigInt(low);
  }

  slice(from: number, to: number): ColumnCells {
    const { packed } = this;
    const each = packed.kind === "lists" ? WORDS : packed.has64 ? 2 : 1;
    const words = packed.words.subarray(each * from, each * to);
    const part = { ...packed, words, firstBit: packed.firstBit + from };
    return new VectorColumn(this.chunk, () => this.cells.slice(from, to), part);
  }
}

/** The texts of a vector, or of some of its rows. */
class VectorTexts implements PackedTexts {
  readonly kind = "texts";
  readonly words: Int32Array;
  readonly bits: Uint8Array | null;
  readonly firstBit: number;
  readonly rows: number;
  private readonly vector: DuckDBVarCharVector;
  /** Keeps the memory of the vector. */
  private readonly chunk: DuckDBDataChunk | null;
  private readonly bytes: Buffer;

  constructor(
    vector: DuckDBVarCharVector,
    chunk: DuckDBDataChunk | null,
    from = 0,
    rows: number = vector.itemCount,
  ) {
    const view = vector["dataView"];
    this.words = new Int32Array(view.buffer, view.byteOffset + from * WORDS * WORD_BYTES, WORDS * rows);
    this.bytes = Buffer.from(this.words.buffer, this.words.byteOffset, this.words.byteLength);
    this.bits = bytesOf(vector["validity"]["data"]);
    this.firstBit = from;
    this.rows = rows;
    this.vector = vector;
    this.chunk = chunk;
  }

  textAt(row: number): string {
    const [length, a] = [this.words[WORDS * row]!, this.words[WORDS * row + 1]!];
    if (length > LONGEST_SHORT) {
      const text = this.vector.getItem(this.firstBit + row)!;
      // The client drops a byte order mark at the beginning of a text.
      return (a & 0xffffff) === MARK ? `\uFEFF${text}` : text;
    }
    const [b, c] = [this.words[WORDS * row + 2]!, this.words[WORDS * row + 3]!];
    const from = (WORDS * row + 1) * WORD_BYTES;
    const isAscii = ((a | b | c) & 0x80808080) === 0;
    return this.bytes.toString(isAscii ? "latin1" : "utf8", from, from + length);
  }

  part(from: number, to: number): VectorTexts {
    return new VectorTexts(this.vector, this.chunk, this.firstBit + from, to - from);
  }
}

class TextColumn implements ColumnCells {
  readonly packed: VectorTexts;
  private readonly recent: RecentTexts;
  private decoded: readonly RawCell[] | null = null;

  constructor(packed: VectorTexts, recent: RecentTexts) {
    this.packed = packed;
    this.recent = recent;
  }

  get cells(): readonly RawCell[] {
    this.decoded ??= this.recent.read(this.packed);
    return this.decoded;
  }

  cellAt(row: number): RawCell {
    return isThere(this.packed, row) ? this.packed.textAt(row) : null;
  }

  slice(from: number, to: number): ColumnCells {
    return new TextColumn(this.packed.part(from, to), this.recent);
  }
}

/** The most slots: 800 kB a column. */
const MOST_SLOTS = 1 << 15;

/** Short texts that were read before, each in the slot that its bytes give. */
class RecentTexts {
  private keys = new Int32Array(WORDS << 8);
  private texts: string[] = new Array(256).fill("");
  private misses = 0;

  read(vector: VectorTexts): RawCell[] {
    const { words, rows } = vector;
    const values: RawCell[] = new Array(rows);
    let { keys, texts } = this;
    let mask = texts.length - 1;
    for (let row = 0, at = 0; row < rows; row++, at += WORDS) {
      if (!isThere(vector, row)) {
        values[row] = null;
        continue;
      }
      const length = words[at]!;
      if (length > LONGEST_SHORT || length === 0) {
        values[row] = length === 0 ? "" : vector.textAt(row);
        continue;
      }
      const [a, b, c] = [words[at + 1]!, words[at + 2]!, words[at + 3]!];
      const slot = hashOfShort(length, a, b, c) & mask;
      const key = slot * WORDS;
      if (keys[key + 1] === a && keys[key] === length && keys[key + 2] === b && keys[key + 3] === c) {
        values[row] = texts[slot]!;
        continue;
      }
      const text = vector.textAt(row);
      values[row] = text;
      keys[key] = length;
      keys[key + 1] = a;
      keys[key + 2] = b;
      keys[key + 3] = c;
      texts[slot] = text;
      if (++this.misses <= mask || mask + 1 >= MOST_SLOTS) continue;
      // More texts than slots: begin again with more of them.
      mask = 4 * texts.length - 1;
      this.misses = 0;
      this.keys = keys = new Int32Array(4 * keys.length);
      this.texts = texts = new Array(mask + 1).fill("");
    }
    return values;
  }
}
