// The values that fill lists up to one length, and what is such a value in a cell. Pure: cells come from whoever reads them.

import { plainValue } from "../../serve/padding.ts";

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

/** By history the values that fill it up, each once and plain. Histories that nothing fills up are left out. */
export type Fillings = ReadonlyMap<string, readonly string[]>;

export function fillingsOf(padding: Padding | null, histories: Iterable<string>): Fillings {
  const values = (name: string) => new Set((paddingOf(padding ?? undefined, name) ?? []).map(plainValue));
  return new Map(
    [...histories].map((name) => [name, [...values(name)]] as const).filter(([, { length }]) => length > 0),
  );
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

/** A pattern that matches the texts that are one of `values`, for SQL and JavaScript alike. */
export function paddingPattern(values: readonly string[]): string {
  const each = values.map((value) => {
    const text = plainValue(value);
    if (!/^-?\d+$/.test(text))
      return text.replaceAll(/[$.|?*+()[{]/g, "[$&]").replaceAll(/[\\^\]}]/g, "\\$&");
    return `${text === "0" ? "[-+]?" : ""}${text}([.]0*)?`;
  });
  return `^(${each.join("|")})$`;
}
