// Converts DuckDB's vectors to cells. Most columns repeat a few short texts, and to decode a text costs more than
// to find it among recent ones by its bytes.

import type {
  DuckDBDataChunk,
  DuckDBIntegerVector,
  DuckDBListVector,
  DuckDBVarCharVector,
  DuckDBVector,
} from "@duckdb/node-api";
import { jsonCell, type RawCell } from "../../compiler/data/raw-values.ts";
import type { DataColumn } from "../../compiler/data/table.ts";

/** The cells of a column in some rows. */
export interface Cells {
  readonly values: RawCell[];
  /** By row, the slot of its text among recent texts; null for other columns. */
  readonly slots: Int32Array | null;
}

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
  private readonly column: DataColumn;
  private readonly texts = new RecentTexts();

  constructor(api: Api, column: DataColumn) {
    this.api = api;
    this.column = column;
  }

  cells(chunk: DuckDBDataChunk, index: number): Cells {
    const vector = chunk.getColumnVector(index);
    const { typeName } = this.column;
    if (typeName !== "JSON" && vector instanceof this.api.DuckDBVarCharVector) return this.texts.read(vector);
    return { values: this.valuesOf(vector, typeName), slots: null };
  }

  /** The values of DuckDB's type `type`: lists become arrays, and JSON values get their own types. */
  private valuesOf(vector: DuckDBVector, type: string): RawCell[] {
    const { api } = this;
    if (vector instanceof api.DuckDBListVector) return this.lists(vector, type);
    if (type === "JSON")
      return itemsOf(vector).map((value) => (typeof value === "string" ? jsonCell(value) : value));
    if (vector instanceof api.DuckDBVarCharVector) return this.texts.read(vector).values;
    return this.hasNumbers(vector) ? numbersOf(vector) : itemsOf(vector);
  }

  private lists(vector: DuckDBListVector, type: string): RawCell[] {
    const all = this.valuesOf(vector.childVector, type.replace(/\[\d*\]$/, ""));
    const isThere = presence(vector["validity"]["data"]);
    return Array.from({ length: vector.itemCount }, (_, i) => {
      if (!isThere(i)) return null;
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
  const isThere = presence(vector["validity"]["data"]);
  for (let i = 0; i < length; i++) values[i] = isThere(i) ? items[i]! : null;
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
const LONGEST = 12;
const WORD_BYTES = 4;
/** The first bytes of a longer text are there, too: a byte order mark has three. */
const MARK = 0xbfbbef;

/** The most slots: 800 kB a column. */
const MOST_SLOTS = 1 << 15;

/** Short texts that were read before, each in the slot that its bytes give; slot 0 is for other cells. */
class RecentTexts {
  private keys = new Int32Array(WORDS << 8);
  private texts: string[] = new Array(256).fill("");
  private misses = 0;

  read(vector: DuckDBVarCharVector): Cells {
    const view = vector["dataView"];
    const isThere = bytesOf(vector["validity"]["data"]);
    const { itemCount: rows } = vector;
    const words = new Int32Array(view.buffer, view.byteOffset, WORDS * rows);
    const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
    const values: RawCell[] = new Array(rows);
    const slots = new Int32Array(rows);
    let { keys, texts } = this;
    let mask = texts.length - 1;
    for (let row = 0, at = 0; row < rows; row++, at += WORDS) {
      if (isThere !== null && (isThere[row >> 3]! & (1 << (row & 7))) === 0) {
        values[row] = null;
        continue;
      }
      const length = words[at]!;
      const a = words[at + 1]!;
      if (length > LONGEST || length === 0) {
        values[row] = length === 0 ? "" : longText(vector, row, a);
        continue;
      }
      const b = words[at + 2]!;
      const c = words[at + 3]!;
      const slot = slotOf(a, b, c) & mask;
      const key = slot * WORDS;
      if (keys[key + 1] === a && keys[key] === length && keys[key + 2] === b && keys[key + 3] === c) {
        values[row] = texts[slot]!;
        slots[row] = slot;
        continue;
      }
      const from = (at + 1) * WORD_BYTES;
      const isAscii = ((a | b | c) & 0x80808080) === 0;
      const text = bytes.toString(isAscii ? "latin1" : "utf8", from, from + length);
      values[row] = text;
      if (slot === 0) continue;
      keys[key] = length;
      keys[key + 1] = a;
      keys[key + 2] = b;
      keys[key + 3] = c;
      texts[slot] = text;
      slots[row] = slot;
      if (++this.misses <= mask || mask + 1 >= MOST_SLOTS) continue;
      // More texts than slots: begin again with more of them.
      mask = 4 * texts.length - 1;
      this.misses = 0;
      this.keys = keys = new Int32Array(4 * keys.length);
      this.texts = texts = new Array(mask + 1).fill("");
    }
    return { values, slots };
  }
}

/** The client drops a byte order mark at the beginning of a text. */
function longText(vector: DuckDBVarCharVector, row: number, firstBytes: number): string {
  const text = vector.getItem(row)!;
  return (firstBytes & 0xffffff) === MARK ? `\uFEFF${text}` : text;
}

function slotOf(a: number, b: number, c: number): number {
  let hash = Math.imul(a, 0x85ebca6b) ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
