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
export function shown(value: Raw): string {
  if (typeof value !== "string" || /^-?\d+(\.\d+)?$/.test(value)) return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

/** Whether a text is what other tools print for a list: `[1, 2]`. */
export function isListInBrackets(text: string): boolean {
  return /^\[(.*,.*)?\]$/s.test(text);
}
