// The values that pad lists to one length, and how to recognise them in a cell. Pure: the caller reads the
// cells.

import { plainValue } from "../../serve/padding.ts";

/**
 * The setting `padding` of `data`: for all histories, or by history. An empty text is a step without a value.
 */
export type Padding = readonly string[] | Readonly<Record<string, readonly string[]>>;

/** Reads a value, or a list of values, as texts; returns null if it is neither. */
export function readPaddingValues(given: unknown): readonly string[] | null {
  const values = (Array.isArray(given) ? given : [given]).map((each) => {
    if (typeof each === "string") return each;
    // YAML rounds large whole numbers, so an unsafe one is not the number that was written.
    const isExact = typeof each === "number" && (!Number.isInteger(each) || Number.isSafeInteger(each));
    return isExact ? String(each) : undefined;
  });
  return values.every((value) => value !== undefined) ? values : null;
}

function isOfAll(padding: Padding): padding is readonly string[] {
  return Array.isArray(padding);
}

/** The padding of a history: null if it isn't set, and empty if the history has none. */
export function paddingOf(padding: Padding | undefined, history: string): readonly string[] | null {
  if (padding === undefined) return null;
  if (isOfAll(padding)) return padding;
  return Object.hasOwn(padding, history) ? padding[history]! : null;
}

/** The padding values by history, each once and in plain form. Histories without padding are left out. */
export type Fillings = ReadonlyMap<string, readonly string[]>;

export function fillingsOf(padding: Padding | null, histories: Iterable<string>): Fillings {
  const values = (name: string) => new Set((paddingOf(padding ?? undefined, name) ?? []).map(plainValue));
  return new Map(
    [...histories].map((name) => [name, [...values(name)]] as const).filter(([, { length }]) => length > 0),
  );
}

/** The histories that the setting names; none if it is for all. */
export function paddedHistories(padding: Padding | undefined): readonly string[] {
  return padding === undefined || isOfAll(padding) ? [] : Object.keys(padding);
}

/** The setting as it is written in dinc.yaml. */
export function paddingText(padding: Padding): string {
  if (isOfAll(padding)) return valuesText(padding);
  const named = Object.entries(padding).map(([history, values]) => `${history}: ${valuesText(values)}`);
  return `{ ${named.join(", ")} }`;
}

/** The values as they are written in dinc.yaml. */
export function valuesText(values: readonly string[]): string {
  const written = values.map((value) => (/^-?\d+(\.\d+)?$/.test(value) ? value : JSON.stringify(value)));
  return written.length === 1 ? written[0]! : `[${written.join(", ")}]`;
}

/** A pattern that matches the texts equal to one of `values`, for SQL and JavaScript alike. */
export function paddingPattern(values: readonly string[]): string {
  const each = values.map((value) => {
    const text = plainValue(value);
    if (!/^-?\d+$/.test(text))
      return text.replaceAll(/[$.|?*+()[{]/g, "[$&]").replaceAll(/[\\^\]}]/g, "\\$&");
    return `${text === "0" ? "[-+]?" : ""}${text}([.]0*)?`;
  });
  return `^(${each.join("|")})$`;
}
