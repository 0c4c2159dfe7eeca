// The values that fill lists up to one length, and what is such a value in a cell. Pure: cells come from whoever reads them.

import { numberOfText } from "../../common/number-text.ts";

/** `padding` of `data`: of all histories, or by history. An empty text is a step without a value. */
export type Padding = readonly string[] | Readonly<Record<string, readonly string[]>>;

/** A value, or a list of values, as texts; null where it is neither. */
export function readPaddingValues(given: unknown): readonly string[] | null {
  const values = (Array.isArray(given) ? given : [given]).map((each) => {
    if (typeof each === "string") return each;
    // A whole number that YAML has rounded is not the one that was written.
    const isExact = typeof each === "number" && (!Number.isInteger(each) || Number.isSafeInteger(each));
    return isExact ? String(each) : undefined;
  });
  return values.every((value) => value !== undefined) ? values : null;
}

function isOfAll(padding: Padding): padding is readonly string[] {
  return Array.isArray(padding);
}

/** The padding of a history; null where nothing is said of it, and none where it has none. */
export function paddingOf(padding: Padding | undefined, history: string): readonly string[] | null {
  if (padding === undefined) return null;
  if (isOfAll(padding)) return padding;
  return Object.hasOwn(padding, history) ? padding[history]! : null;
}

/** The histories that it names; none where it is of all. */
export function paddedHistories(padding: Padding | undefined): readonly string[] {
  return padding === undefined || isOfAll(padding) ? [] : Object.keys(padding);
}

/** As it would stand in dinc.yaml. */
export function paddingText(padding: Padding): string {
  if (isOfAll(padding)) return valuesText(padding);
  const named = Object.entries(padding).map(([history, values]) => `${history}: ${valuesText(values)}`);
  return `{ ${named.join(", ")} }`;
}

/** Values as they would stand in dinc.yaml. */
export function valuesText(values: readonly string[]): string {
  const written = values.map((value) => (/^-?\d+(\.\d+)?$/.test(value) ? value : JSON.stringify(value)));
  return written.length === 1 ? written[0]! : `[${written.join(", ")}]`;
}

const WHOLE = /^[-+]?(\d+)(?:\.0*)?$/;

/** One text for a value however it is written: `0`, `0.0` and `-0` are the same. */
export function plainValue(value: string | number | bigint | boolean | null): string {
  if (value === null) return "";
  const text = String(value);
  const [, digits] = WHOLE.exec(text) ?? [];
  if (digits !== undefined) return text.startsWith("-") && digits !== "0" ? `-${digits}` : digits;
  const number = numberOfText(text);
  return Number.isNaN(number) ? text : String(number);
}

/** A pattern that matches the texts that are one of `values`, for SQL and JavaScript alike. */
export function paddingPattern(values: readonly string[]): string {
  const each = values.map((value) => {
    const text = plainValue(value);
    if (!WHOLE.test(text)) return text.replaceAll(/[$.|?*+()[{]/g, "[$&]").replaceAll(/[\\^\]}]/g, "\\$&");
    return `${text === "0" ? "[-+]?" : ""}${text}([.]0*)?`;
  });
  return `^(${each.join("|")})$`;
}
