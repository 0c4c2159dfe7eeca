// Finds a history's real steps among its padding. Training reads its rows with this and generated code
// contains it, so both leave out the same steps.

import type { Records } from "./columns.ts";
import { isVector } from "./numbers.ts";
import { propertyOf, RankerInputError } from "./requests.ts";

/** The steps of a history from `from` up to, but not including, `to`. */
export interface OwnSteps {
  readonly from: number;
  readonly to: number;
}

/**
 * The padding of a history: all fields of its steps, and the padding values in plain form; an empty text is a
 * step without a value.
 */
export interface HistoryFilling {
  readonly fields: readonly string[];
  readonly values: ReadonlySet<string>;
}

/** Whether a step's value in one column, or all of its values, are padding, a real value, or missing. */
export type Fill = "value" | "padding" | "nothing";

const WHOLE = /^[-+]?(\d+)(?:\.0*)?$/;
const DECIMAL = /^\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?\s*$/;

/** One text for a value in any notation: `0`, `0.0` and `-0` are the same. */
export function plainValue(value: string | number | bigint | boolean | null): string {
  if (value === null) return "";
  const text = String(value);
  const digits = WHOLE.exec(text)?.[1];
  if (digits !== undefined) return text.startsWith("-") && digits !== "0" ? `-${digits}` : digits;
  return DECIMAL.test(text) ? String(Number(text)) : text;
}

/**
 * A step is padding if one of its columns is and none has a real value. The same applies to a list of values.
 */
export function fillOfAll(count: number, fillAt: (place: number) => Fill): Fill {
  let fill: Fill = "nothing";
  for (let i = 0; i < count; i++) {
    const each = fillAt(i);
    if (each === "value") return each;
    if (each === "padding") fill = each;
  }
  return fill;
}

export function fillOf(value: unknown, values: ReadonlySet<string>): Fill {
  return isVector(value)
    ? fillOfAll(value.length, (i) => fillOfOne(value[i], values))
    : fillOfOne(value, values);
}

export function fillOfOne(value: unknown, values: ReadonlySet<string>): Fill {
  switch (typeof value) {
    case "string":
    case "number":
    case "bigint":
    case "boolean":
      if (values.has(plainValue(value))) return "padding";
      return value === "" ? "nothing" : "value";
    default:
      if (value !== null && value !== undefined) return "value";
      return values.has("") ? "padding" : "nothing";
  }
}

/** Leaves out padding at both ends; padding between other steps counts as steps. */
export function trimmed(count: number, isPadding: (step: number) => boolean): OwnSteps {
  let from = 0;
  let to = count;
  while (to > 0 && isPadding(to - 1)) to--;
  while (from < to && isPadding(from)) from++;
  return { from, to };
}

/**
 * The real steps of a request's history with `count` steps. Columns have only real steps: `encodeHistory`
 * left the others out.
 */
export function ownSteps(records: Records, count: number, { fields, values }: HistoryFilling): OwnSteps {
  if (!Array.isArray(records)) return { from: 0, to: count };
  return trimmed(count, (step) => {
    const record: unknown = records[step];
    if (typeof record !== "object" || record === null) return false;
    const fill = fillOfAll(fields.length, (i) => fillOf(propertyOf(record, fields[i]!), values));
    return fill === "padding";
  });
}

/**
 * Encodes the real steps of a list; messages call the list `where`. Errors have the index in the given list.
 */
export function encodeOwnSteps<C>(
  list: readonly unknown[],
  where: string,
  filling: HistoryFilling,
  encode: (steps: readonly unknown[]) => C,
): C {
  const { from, to } = ownSteps(list, list.length, filling);
  try {
    return encode(list.slice(from, to));
  } catch (error) {
    if (!(error instanceof RankerInputError) || from === 0) throw error;
    const [begin, place] = [where.length + 1, Number.parseInt(error.field.slice(where.length + 1), 10)];
    const field = `${where}[${from + place}${error.field.slice(begin + `${place}`.length)}`;
    throw new RankerInputError(field, error.message.slice(error.field.length + 1));
  }
}
