// Finds the real steps of a history among the padding that `data.padding` names.

import { type Fill, fillOfAll, fillOfOne, type OwnSteps, plainValue, trimmed } from "../serve/padding.ts";
import { type NumberFormat, numberFormat } from "./number-format.ts";
import { valueText } from "./padded-lists.ts";
import { isList, type Raw, type RawCell } from "./raw-values.ts";

/** A column of a history. */
export interface PaddedColumn {
  /** Separates the values of a step's set in a text; null if a step has one value. */
  readonly innerSeparator: string | null;
  readonly format: NumberFormat;
}

/** The usual forms of a value in cells. */
function writtenAs(value: string): Raw[] {
  if (value === "") return ["", null];
  const number = /^-?\d{1,15}$/.test(value) ? [Number(value), BigInt(value)] : [];
  return [value, ...number];
}

export class StepPadding {
  private readonly columns: readonly PaddedColumn[];
  private readonly values: ReadonlySet<string>;
  /** Padding cells as written: those that occurred, and the usual forms. */
  private readonly known: Set<Raw>;

  constructor(values: readonly string[], columns: readonly PaddedColumn[]) {
    this.columns = columns;
    this.values = new Set(values.map(plainValue));
    this.known = new Set(values.flatMap(writtenAs));
  }

  /** `lists` has the steps by column, equally many in each. */
  ownSteps(lists: readonly (readonly RawCell[])[]): OwnSteps {
    return trimmed(lists[0]!.length, (step) => this.isPadding(lists, step));
  }

  /** Tells whether one of the inner steps looks like padding too. */
  isBetween(lists: readonly (readonly RawCell[])[], { from, to }: OwnSteps): boolean {
    for (let step = from + 1; step < to - 1; step++) {
      const first = lists[0]![step]!;
      if ((isList(first) || this.known.has(first)) && this.isPadding(lists, step)) return true;
    }
    return false;
  }

  isPadding(lists: readonly (readonly RawCell[])[], step: number): boolean {
    return fillOfAll(lists.length, (i) => this.read(lists[i]![step]!, i)) === "padding";
  }

  /** Tells whether the value of one column is padding. */
  isPaddingOf(cell: RawCell, column: number): boolean {
    return this.read(cell, column) === "padding";
  }

  private read(cell: RawCell, column: number): Fill {
    if (isList(cell)) return fillOfAll(cell.length, (i) => this.readOne(cell[i]!, column));
    const { innerSeparator } = this.columns[column]!;
    if (innerSeparator !== null && typeof cell === "string" && cell.includes(innerSeparator))
      return this.read(cell.split(innerSeparator), column);
    return this.readOne(cell, column);
  }

  private readOne(cell: RawCell, column: number): Fill {
    if (isList(cell)) return "value";
    if (this.known.has(cell)) return "padding";
    const fill = fillOfOne(this.columns[column]!.format.plain(cell), this.values);
    if (fill === "padding") this.known.add(cell);
    return fill;
  }
}

/** A list of one column without its padding, whatever other columns of the history have there. */
export function withoutPadding(list: readonly RawCell[], values: readonly string[]): readonly RawCell[] {
  const padding = new Set(values.map(plainValue));
  const isOwn = (cell: RawCell) => !padding.has(valueText(cell));
  const from = list.findIndex(isOwn);
  return from < 0 ? [] : list.slice(from, list.findLastIndex(isOwn) + 1);
}

/** The columns of a history without padding steps; each row of a column is a list. */
export function unpaddedColumns(
  columns: readonly (readonly RawCell[])[],
  values: readonly string[],
  innerSeparator: string | null = null,
): RawCell[][] {
  const padding = new StepPadding(
    values,
    columns.map(() => ({ innerSeparator, format: numberFormat(null) })),
  );
  const own = columns.map((cells) => [...cells]);
  for (const row of columns[0]!.keys()) {
    const lists = columns.map((cells) => cells[row]!).filter(isList);
    if (lists.length < columns.length || lists.some(({ length }) => length !== lists[0]!.length)) continue;
    const { from, to } = padding.ownSteps(lists);
    for (const [i, list] of lists.entries()) own[i]![row] = list.slice(from, to);
  }
  return own;
}
