// Values as files give them, before they become ids and numbers.

/** A cell: null where the file has nothing. */
export type Raw = string | number | bigint | boolean | null;

/** A cell of any column: a value, or a list of values or of lists. */
export type RawCell = Raw | readonly RawCell[];

/** Consecutive rows of a file, by column. */
export interface RawChunk {
  /** Number of the first row, from 0. */
  readonly first: number;
  readonly rows: number;
  /** In the order of the columns asked for; lists in columns of lists. */
  readonly columns: readonly (readonly RawCell[])[];
}

/** How a cell is written in a message: numbers bare, whether the file has them as numbers or as text. */
export function formatRaw(value: Raw): string {
  if (typeof value !== "string" || /^-?\d+(\.\d+)?$/.test(value)) return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

export function isList(cell: RawCell): cell is readonly RawCell[] {
  return Array.isArray(cell);
}

/**
 * A cell of a column of JSON that is of several kinds. Whole numbers of any length stay exact; of a record, which no column
 * can have, there are the names, as `isRecord` knows them.
 */
export function jsonCell(text: string): RawCell {
  return plain(JSON.parse(text.replace(STRING_OR_NUMBER, marked)));
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON.parse rounds long numbers; as texts they come through, told from other texts by what they begin with. */
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
