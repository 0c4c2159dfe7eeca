// The notation of a column's numbers: with a decimal point, or with a decimal comma if a CSV has it. Every
// reader of a column uses it, whichever tables are joined.

import { numberOfText } from "../common/number-text.ts";
import type { Raw } from "./raw-values.ts";
import type { DataColumn } from "./table.ts";

export interface NumberFormat {
  /** Whether numbers have a decimal point. */
  readonly hasPoints: boolean;
  /** NaN if the cell isn't a number. */
  numberOf(cell: Raw): number;
  /** The cell in the notation with decimal points; NaN for a text that is a number only in that notation. */
  plain<R extends Raw>(cell: R): R | string | number;
  /**
   * The whole number of a text such as `1.0` or `1,0`; the text itself if it is already plain; null for other
   * texts.
   */
  whole(text: string): string | null;
}

const points: NumberFormat = {
  hasPoints: true,
  numberOf: plainNumber,
  plain: (cell) => cell,
  whole: (text) => /^(-?(?:0|[1-9]\d*))(?:\.0+)?$/.exec(text)?.[1] ?? null,
};

const commas: NumberFormat = {
  hasPoints: false,
  numberOf: (cell) => plainNumber(commas.plain(cell)),
  plain: (cell) => {
    if (typeof cell !== "string") return cell;
    return withPoint(cell) ?? (Number.isNaN(numberOfText(cell)) ? cell : Number.NaN);
  },
  whole: (text) => /^(-?(?:0|[1-9]\d*))(?:,0+)?$/.exec(text)?.[1] ?? null,
};

/** A missing column has decimal points. */
export function numberFormat(column: Pick<DataColumn, "hasDecimalComma"> | null): NumberFormat {
  return column?.hasDecimalComma === true ? commas : points;
}

/** A number with a decimal point, in the form that `Number` reads: `1_000` isn't one. */
export const POINT_NUMBER = /^\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?\s*$/;

/** `1.234,5`: with a decimal comma, points can only separate thousands. */
export const COMMA_NUMBER = /^\s*[-+]?(?:\d+|\d{1,3}(?:\.\d{3})+)?(?:,\d*)?(?:[eE][-+]?\d+)?\s*$/;

/** A number with a decimal comma in the notation with a point; null for any other text. */
export function withPoint(text: string): string | null {
  return COMMA_NUMBER.test(text.trim()) ? text.replaceAll(".", "").replace(",", ".") : null;
}

function plainNumber(cell: Raw): number {
  if (typeof cell === "string") return numberOfText(cell);
  return cell === null ? Number.NaN : Number(cell);
}
