// How a column writes its numbers: with a decimal point, or with a decimal comma where a CSV says so. Every
// reader of a column reads its numbers by this, whichever tables the column stands beside.

import { numberOfText } from "../common/number-text.ts";
import type { Raw } from "./raw-values.ts";
import type { DataColumn } from "./table.ts";

export interface NumberFormat {
  /** NaN for a cell that isn't a number. */
  numberOf(cell: Raw): number;
  /** The cell as a column with decimal points has it; NaN for a text that is a number only there. */
  plain<R extends Raw>(cell: R): R | string | number;
  /** The whole number that a text gives as a decimal, `1.0` or `1,0`; the text itself where it gives no other; null for other texts. */
  whole(text: string): string | null;
}

const points: NumberFormat = {
  numberOf: plainNumber,
  plain: (cell) => cell,
  whole: (text) => /^(-?(?:0|[1-9]\d*))(?:\.0+)?$/.exec(text)?.[1] ?? null,
};

const commas: NumberFormat = {
  numberOf: (cell) => plainNumber(commas.plain(cell)),
  plain: (cell) => {
    if (typeof cell !== "string") return cell;
    return withPoint(cell) ?? (Number.isNaN(numberOfText(cell)) ? cell : Number.NaN);
  },
  whole: (text) => /^(-?(?:0|[1-9]\d*))(?:,0+)?$/.exec(text)?.[1] ?? null,
};

/** A column that isn't there has decimal points. */
export function numberFormat(column: Pick<DataColumn, "hasDecimalComma"> | null): NumberFormat {
  return column?.hasDecimalComma === true ? commas : points;
}

/** A number with a decimal point, as `Number` reads it and no other: `1_000` isn't one. */
export const POINT_NUMBER = /^\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?\s*$/;

/** `1.234,5`: with a decimal comma, a point can only stand between thousands. */
export const COMMA_NUMBER = /^\s*[-+]?(?:\d+|\d{1,3}(?:\.\d{3})+)?(?:,\d*)?(?:[eE][-+]?\d+)?\s*$/;

/** A number with a decimal comma as it is with a point; null for any other text. */
export function withPoint(text: string): string | null {
  return COMMA_NUMBER.test(text.trim()) ? text.replaceAll(".", "").replace(",", ".") : null;
}

function plainNumber(cell: Raw): number {
  if (typeof cell === "string") return numberOfText(cell);
  return cell === null ? Number.NaN : Number(cell);
}
