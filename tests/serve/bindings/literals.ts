// Writes requests as literals of a language whose types are made from the spec.

import type {
  BindingFacts,
  BindingField,
  BindingPart,
} from "../../../compiler/backends/c-library/bindings/binding.ts";

/** How a language writes them. `null` is a text that its types forbid. */
export interface Literals {
  /** A value that is there, of a field that isn't a set or a vector. */
  value(type: BindingField["type"], value: unknown): string | null;
  missing(field: BindingField): string | null;
  vector(bits: readonly number[]): string;
  set(ids: readonly string[]): string;
  weightedSet(pairs: readonly (readonly [id: string, weight: string])[]): string;
  /** What an element of a set is where it is missing. */
  readonly missingId: string | null;
  record(part: BindingPart, fields: readonly string[]): string;
  rows(part: BindingPart, records: readonly string[]): string;
  /** Rows that the request doesn't have. */
  missingRows(part: BindingPart): string | null;
  request(records: readonly string[], histories: readonly string[]): string;
}

export interface RequestLiteral {
  readonly request: string;
  readonly candidates: string;
}

export function requestLiteral(
  facts: BindingFacts,
  given: unknown,
  literals: Literals,
): RequestLiteral | null {
  const whole = given as Readonly<Record<string, unknown>>;
  const history = whole["history"];
  if (facts.parts.some(({ kind }) => kind === "history") && !isRecord(history)) return null;
  const texts = facts.parts.map((part) =>
    part.kind === "history"
      ? rowsText(part, (history as Readonly<Record<string, unknown>>)[part.name], literals)
      : rowText(part, whole[part.name], literals),
  );
  const candidates = rowsText(facts.candidates, whole["candidates"], literals);
  if (candidates === null || !areTexts(texts)) return null;
  const all: readonly string[] = texts;
  const of = (isHistory: boolean) => all.filter((_, i) => (facts.parts[i]!.kind === "history") === isHistory);
  return { request: literals.request(of(false), of(true)), candidates };
}

function areTexts(texts: readonly (string | null)[]): texts is readonly string[] {
  return !texts.includes(null);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function rowsText(part: BindingPart, rows: unknown, literals: Literals): string | null {
  if (rows === undefined) return literals.missingRows(part);
  if (!Array.isArray(rows)) return null;
  const texts = rows.map((row: unknown) => rowText(part, row, literals));
  return areTexts(texts) ? literals.rows(part, texts) : null;
}

function rowText(part: BindingPart, row: unknown, literals: Literals): string | null {
  if (!isRecord(row)) return null;
  const texts = part.fields.map((field) =>
    fieldText(field, Object.hasOwn(row, field.name) ? row[field.name] : undefined, literals),
  );
  return areTexts(texts) ? literals.record(part, texts) : null;
}

function fieldText(field: BindingField, value: unknown, literals: Literals): string | null {
  // In these languages a value is there or not: nothing is null as well.
  if (value === undefined || (value === null && field.isOptional)) return literals.missing(field);
  if (field.isWeighted) {
    if (!Array.isArray(value)) return null;
    const pairs = value.map((each: unknown) => pairTexts(field, each, literals));
    return pairs.includes(null) ? null : literals.weightedSet(pairs.filter((pair) => pair !== null));
  }
  if (field.isSet) {
    if (!Array.isArray(value)) return null;
    const texts = value.map((each: unknown) =>
      each === undefined ? literals.missingId : literals.value(field.type, each),
    );
    return areTexts(texts) ? literals.set(texts) : null;
  }
  if (field.type !== "vector") return literals.value(field.type, value);
  const numbers: readonly unknown[] | null =
    value instanceof Float32Array ? [...value] : Array.isArray(value) ? value : null;
  const isExact = (x: unknown): x is number => typeof x === "number" && Object.is(Math.fround(x), x);
  return numbers?.every(isExact) ? literals.vector(numbers.map(floatBits)) : null;
}

/** An id and its weight; null for a value that is no such pair. */
function pairTexts(
  { type }: BindingField,
  pair: unknown,
  literals: Literals,
): readonly [string, string] | null {
  if (!Array.isArray(pair) || pair.length !== 2) return null;
  const [id, weight] = [literals.value(type, pair[0]), literals.value("number", pair[1])];
  return id === null || weight === null ? null : [id, weight];
}

function floatBits(x: number): number {
  return new Uint32Array(Float32Array.of(x).buffer)[0]!;
}

/** The bits of a number, as hexadecimal digits. */
export function doubleBits(x: number): string {
  return new BigUint64Array(Float64Array.of(x).buffer)[0]!.toString(16).padStart(16, "0");
}

/** The whole number that an id is, or the text; null for any other value. */
export function idOf(value: unknown): bigint | string | null {
  if (typeof value === "string") return value;
  if (typeof value === "number")
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : null;
  if (typeof value !== "bigint") return null;
  return BigInt.asIntN(64, value) === value ? value : String(value);
}

/** A text between quotes, whose other characters than those of ASCII are escaped as `unit` writes their UTF-16 units or code points. */
export function quotedText(text: string, escaped: (code: number) => string, by: "units" | "points"): string {
  const characters = by === "units" ? text.split("") : [...text];
  const written = characters.map((each) => {
    const code = each.codePointAt(0)!;
    return code < 32 || code > 126 || each === '"' || each === "\\" ? escaped(code) : each;
  });
  return `"${written.join("")}"`;
}
