// Values as files have them, before they become ids and numbers.

/** A cell; null if the file has no value. */
export type Raw = string | number | bigint | boolean | null;

/** A cell of any column: a value, or a list of values or of lists. */
export type RawCell = Raw | readonly RawCell[];

/** The cells of a column in some rows. */
export interface ColumnCells {
  /** Decoded when they are first used. */
  readonly cells: readonly RawCell[];
  /** The same cells as they are in memory; null if they are in no such form. */
  readonly packed: PackedTexts | PackedWholes | PackedLists | null;
  /** One cell, without decoding the others. */
  cellAt(row: number): RawCell;
  /** The cells from … to − 1. */
  slice(from: number, to: number): ColumnCells;
}

/** The rows with a value. */
interface Presence {
  /** Their bits, from `firstBit` on; null if all rows have a value. */
  readonly bits: Uint8Array | null;
  readonly firstBit: number;
}

export function isThere({ bits, firstBit }: Presence, row: number): boolean {
  const bit = firstBit + row;
  return bits === null || (bits[bit >> 3]! & (1 << (bit & 7))) !== 0;
}

/** Texts in the memory of DuckDB. */
export interface PackedTexts extends Presence {
  readonly kind: "texts";
  /** Four words for each row: the length in bytes, and the bytes if they are at most twelve (see text-words.ts). */
  readonly words: Int32Array;
  /** The text of a row that has one. */
  textAt(row: number): string;
}

/** Whole numbers in the memory of DuckDB. */
export interface PackedWholes extends Presence {
  readonly kind: "wholes";
  /** For each number its low 32 bits, and then its high ones, if it has 64. */
  readonly words: Int32Array;
  readonly has64: boolean;
}

/** Lists in the memory of DuckDB. */
export interface PackedLists extends Presence {
  readonly kind: "lists";
  /** Four words for each row: the place of its first element in `elements` and the number of elements, 64 bits each. */
  readonly words: Int32Array;
  readonly elements: ColumnCells;
}

/** Cells that are already decoded. */
export class DecodedColumn implements ColumnCells {
  readonly cells: readonly RawCell[];
  readonly packed = null;

  constructor(cells: readonly RawCell[]) {
    this.cells = cells;
  }

  cellAt(row: number): RawCell {
    return this.cells[row]!;
  }

  slice(from: number, to: number): ColumnCells {
    return new DecodedColumn(this.cells.slice(from, to));
  }
}

/** Consecutive rows of a file, by column. */
export interface RawChunk {
  /** Number of the first row, from 0. */
  readonly first: number;
  readonly rows: number;
  /** In the order of the requested columns; list columns hold lists. */
  readonly columns: readonly ColumnCells[];
}

/** The rows from … to − 1 of a chunk. */
export function rowsOfChunk(chunk: RawChunk, from: number, to: number): RawChunk {
  if (from === 0 && to === chunk.rows) return chunk;
  return {
    first: chunk.first + from,
    rows: to - from,
    columns: chunk.columns.map((column) => column.slice(from, to)),
  };
}

/** The text of a cell in messages: numbers bare, whether the file has them as numbers or as text. */
export function formatRaw(value: Raw): string {
  if (typeof value !== "string" || /^-?\d+(\.\d+)?$/.test(value)) return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

export function isList(cell: RawCell): cell is readonly RawCell[] {
  return Array.isArray(cell);
}

/**
 * A cell of a JSON column with several types. Whole numbers of any length stay exact. A record, which no
 * column can hold, is reduced to its names, which `isRecord` recognises.
 */
export function jsonCell(text: string): RawCell {
  return plain(JSON.parse(text.replace(STRING_OR_NUMBER, marked)));
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON.parse rounds long numbers, so they are passed as texts with a prefix that marks them. */
function marked(part: string): string {
  return part.startsWith('"') ? `"t${part.slice(1)}` : `"n${part}"`;
}

function plain(value: unknown): RawCell {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return value.startsWith("t") ? value.slice(1) : exact(value.slice(1));
  if (Array.isArray(value)) return value.map(plain);
  return `{${Object.keys(Object(value)).map((name) => JSON.stringify(name.slice(1)))}}`;
}

function exact(digits: string): number | bigint {
  const number = Number(digits);
  return Number.isSafeInteger(number) || !/^-?\d+$/.test(digits) ? number : BigInt(digits);
}
