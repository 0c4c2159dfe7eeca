// Values as files have them, before they become ids and numbers.

/** A cell; null if the file has no value. */
export type Raw = string | number | bigint | boolean | null;

/** A cell of any column: a value, or a list of values or of lists. */
export type RawCell = Raw | readonly RawCell[];

/** Consecutive rows of a file, by column. */
export interface RawChunk {
  /** Number of the first row, from 0. */
  readonly first: number;
  readonly rows: number;
  /** In the order of the requested columns; list columns hold lists. */
  readonly columns: readonly (readonly RawCell[])[];
  /**
   * Hints by column: cells with the same slot, which is small, are often the same text. Null or absent without
   * hints. A wrong slot costs time, and no more.
   */
  readonly slots?: readonly (Int32Array | null)[];
}

/** The rows from … to − 1 of a chunk. */
export function rowsOfChunk(chunk: RawChunk, from: number, to: number): RawChunk {
  if (from === 0 && to === chunk.rows) return chunk;
  return {
    first: chunk.first + from,
    rows: to - from,
    columns: chunk.columns.map((column) => column.slice(from, to)),
    slots: (chunk.slots ?? []).map((slots) => slots?.subarray(from, to) ?? null),
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
