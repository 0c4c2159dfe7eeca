// Finds the own steps of a history among those that fill it up, as `data.padding` says.

import { plainValue } from "../frontend/config/padding.ts";
import { type NumberFormat, numberFormat } from "./number-format.ts";
import { valueText } from "./padded-lists.ts";
import { isList, type Raw, type RawCell } from "./raw-values.ts";

/** The steps of a row from `from` on and before `to`. */
export interface OwnSteps {
  readonly from: number;
  readonly to: number;
}

/** One column of a history. */
export interface PaddedColumn {
  /** Separates the values of a step's set in a text; null where a step has one value. */
  readonly innerSeparator: string | null;
  readonly format: NumberFormat;
}

/** How a value may stand in a cell, the forms that most files have. */
function writtenAs(value: string): Raw[] {
  if (value === "") return ["", null];
  const number = /^-?\d{1,15}$/.test(value) ? [Number(value), BigInt(value)] : [];
  return [value, ...number];
}

export class StepPadding {
  private readonly columns: readonly PaddedColumn[];
  private readonly values: ReadonlySet<string>;
  /** Cells that are padding, as they are written: those that were met, and those to be expected. */
  private readonly known: Set<Raw>;

  constructor(values: readonly string[], columns: readonly PaddedColumn[]) {
    this.columns = columns;
    this.values = new Set(values.map(plainValue));
    this.known = new Set(values.flatMap(writtenAs));
  }

  /** `lists` has the steps by column, as many in each. */
  ownSteps(lists: readonly (readonly RawCell[])[]): OwnSteps {
    let from = 0;
    let to = lists[0]!.length;
    while (to > 0 && this.isPadding(lists, to - 1)) to--;
    while (from < to && this.isPadding(lists, from)) from++;
    return { from, to };
  }

  /** Whether one of these steps looks like padding, too. */
  isBetween(lists: readonly (readonly RawCell[])[], { from, to }: OwnSteps): boolean {
    for (let step = from + 1; step < to - 1; step++) {
      const first = lists[0]![step]!;
      if ((isList(first) || this.known.has(first)) && this.isPadding(lists, step)) return true;
    }
    return false;
  }

  /** One column has padding, and no other a value. */
  isPadding(lists: readonly (readonly RawCell[])[], step: number): boolean {
    let isPadding = false;
    for (const [i, list] of lists.entries())
      switch (this.read(list[step]!, i)) {
        case "value":
          return false;
        case "padding":
          isPadding = true;
      }
    return isPadding;
  }

  /** Whether the value of one column is. */
  isPaddingOf(cell: RawCell, column: number): boolean {
    return this.read(cell, column) === "padding";
  }

  private read(cell: RawCell, column: number): "value" | "padding" | "nothing" {
    if (isList(cell)) {
      const each = cell.map((part) => this.read(part, column));
      if (each.includes("value")) return "value";
      return each.includes("padding") ? "padding" : "nothing";
    }
    if (this.known.has(cell)) return "padding";
    if (cell === null || cell === "") return "nothing";
    const { innerSeparator, format } = this.columns[column]!;
    if (innerSeparator !== null && typeof cell === "string" && cell.includes(innerSeparator))
      return this.read(cell.split(innerSeparator), column);
    if (!this.values.has(plainValue(format.plain(cell)))) return "value";
    this.known.add(cell);
    return "padding";
  }
}

/** A list of one column without what fills it up, whatever other columns of the history have there. */
export function withoutPadding(list: readonly RawCell[], values: readonly string[]): readonly RawCell[] {
  const padding = new Set(values.map(plainValue));
  const isOwn = (cell: RawCell) => !padding.has(valueText(cell));
  const from = list.findIndex(isOwn);
  return from < 0 ? [] : list.slice(from, list.findLastIndex(isOwn) + 1);
}

/** The columns of a history, of which rows have lists, without the steps that fill them up. */
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
