// Finds columns with several values per row: real lists, or texts with a separator.

import { looksLikeTime } from "../../common/time-text.ts";
import type { DraftCell, DraftColumn, DraftTable } from "./table.ts";
import { type ColumnValues, describeValues } from "./values.ts";

/** Possible separators, the likeliest first. */
export const SEPARATORS = ["|", ",", ";", "^", " ", "~", "#", ":"] as const;
export type Separator = (typeof SEPARATORS)[number];

export interface ListColumn {
  /** The separator; null for real lists. */
  readonly separator: Separator | null;
  /** By row; empty for a row without values. */
  readonly lists: readonly (readonly DraftCell[])[];
  readonly lengths: readonly number[];
  readonly elements: ColumnValues;
  /** Whether elements are lists themselves. */
  readonly isNested: boolean;
}

/** The number of texts that are examined for a separator. */
const LOOKED_AT = 2000;
/** A separator must occur in at least this share of the rows. */
const LEAST_SHARE = 0.1;

/**
 * The likely separator of a text column; null if it has one value per row. `known` tells whether another
 * column has a value.
 */
export function separatorOf(column: DraftColumn, known: (value: string) => boolean): Separator | null {
  const texts = column.cells.filter((cell) => typeof cell === "string");
  if (texts.length === 0 || texts.some((text) => /^\[.*\]$/s.test(text))) return null;
  if (texts.every((text) => !Number.isNaN(Number(text)) || looksLikeTime(text))) return null;
  const some = texts.slice(0, LOOKED_AT);
  return SEPARATORS.find((separator) => separates(some, separator, known)) ?? null;
}

function separates(
  texts: readonly string[],
  separator: Separator,
  known: (value: string) => boolean,
): boolean {
  const several = texts.filter((text) => text.includes(separator));
  if (several.length === 0 || several.length < LEAST_SHARE * texts.length) return false;
  const values = several.flatMap((text) => text.split(separator));
  const share = (holds: (value: string) => boolean) => values.filter(holds).length / values.length;
  // Values of other columns are certain evidence, and so are numbers.
  if (share((value) => known(value)) > 0.5) return true;
  const clocks = several.filter((text) => /\d:\d\d(:\d\d)?$/.test(text)).length;
  if (separator === ":" && clocks > 0.01 * several.length) return false;
  const isPlain = (value: string) => value !== "" && !/\s/.test(value);
  if (separator === " ") return share((value) => /^-?\d+(\.\d+)?$/.test(value)) > 0.95;
  // Prose has blanks after its punctuation and unique values, but no bars.
  const isNoProse = separator === "|" || new Set(values).size < 0.8 * values.length;
  return isNoProse && share(isPlain) > 0.9;
}

export function listColumn(column: DraftColumn, separator: Separator | null): ListColumn {
  return withLists({ separator }, listsOf(column, separator));
}

/** A column with the given lists. */
export function withLists(
  { separator }: Pick<ListColumn, "separator">,
  lists: ListColumn["lists"],
): ListColumn {
  return {
    ...{ separator, lists, lengths: lists.map((list) => list.length) },
    elements: describeValues(elementsOf(lists)),
    isNested: lists.some((list) => list.some((element) => typeof element === "object" && element !== null)),
  };
}

/** By row; empty for a row without values. */
export function listsOf(
  { cells }: DraftColumn,
  separator: Separator | null,
): readonly (readonly DraftCell[])[] {
  return cells.map((cell) => listOf(cell, separator));
}

function listOf(cell: DraftCell, separator: Separator | null): readonly DraftCell[] {
  if (cell === null || cell === "") return [];
  if (typeof cell === "string" && separator !== null)
    return cell.split(separator).map((value) => (value === "" ? null : value));
  return typeof cell === "object" ? cell : [cell];
}

function* elementsOf(lists: readonly (readonly DraftCell[])[]): Generator<DraftCell> {
  for (const list of lists) for (const element of list) yield typeof element === "object" ? null : element;
}

/** Tells whether the column has real lists. */
export function holdsLists({ typeName }: DraftColumn): boolean {
  return /\]$/.test(typeName);
}

/** The separator of the file, which applies to all columns: that of most columns. */
export function commonSeparator(separators: readonly (Separator | null)[]): Separator | null {
  const counts = new Map<Separator, number>();
  for (const each of separators) if (each !== null) counts.set(each, (counts.get(each) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? null;
}

/** Tells whether any column of single values has a value. */
export function knownValues({ columns }: DraftTable): (value: string) => boolean {
  const known = new Set<string>();
  for (const { typeName, cells } of columns) {
    if (/\]$/.test(typeName)) continue;
    for (const cell of cells)
      if (cell !== null && typeof cell !== "object" && !/[|,;^ ~#:]/.test(String(cell)))
        known.add(String(cell));
  }
  return (value) => known.has(value);
}
