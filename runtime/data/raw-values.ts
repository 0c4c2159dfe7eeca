// Values as files give them, before they become ids and numbers.

/** A cell: null where the file has nothing. */
export type Raw = string | number | bigint | boolean | null;

/** A cell of a column of lists; null where the file has nothing. */
export type RawList = readonly Raw[] | null;

/** A cell of any column: of vectors by step a list of lists. */
export type RawCell = Raw | RawList | readonly RawList[];

/** Consecutive rows of a file, by column. */
export interface RawChunk {
  /** Number of the first row, from 0. */
  readonly first: number;
  readonly rows: number;
  /** In the order of the columns asked for; lists in columns of lists. */
  readonly columns: readonly (readonly RawCell[])[];
}

/** How a cell is written in a message: numbers bare, whether the file has them as numbers or as text. */
export function shown(value: Raw): string {
  if (typeof value !== "string" || /^-?\d+(\.\d+)?$/.test(value)) return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
