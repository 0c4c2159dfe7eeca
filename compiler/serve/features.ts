// Encodes raw values as ids. Training reads its rows with these classes and generated code contains them, so the same raw
// value means the same thing in both. Numbers are in numbers.ts.

/** The types of ids. A whole number and its decimal text are the same id. */
export type RawId = string | number | bigint;

/** The id of a value unknown to training. 0 is padding, 2 the first known value. */
export const UNKNOWN_ID = 1;
export const FIRST_KNOWN_ID = 2;

/** Marks a value that cannot be an id: fractions, NaN, numbers too large to be exact, other types. */
export const NOT_AN_ID = -1;

/** The text of an id, or null if the value cannot be one. */
export function idText(value: unknown): string | null {
  switch (typeof value) {
    case "string":
      return value;
    case "bigint":
      return value.toString();
    case "number":
      // Above 2⁵³, two different ids may have become the same number, so such ids must be a bigint or text.
      return Number.isSafeInteger(value) ? (value === 0 ? "0" : value.toString()) : null;
    default:
      return null;
  }
}

/** Finds the id of a raw value. */
export interface IdSpace {
  /** The number of ids besides those of padding and unknown values. */
  readonly known: number;
  /** `UNKNOWN_ID` for an unknown value, `NOT_AN_ID` for a value that cannot be an id. */
  idOf(value: unknown): number;
  /** For messages: why a value cannot be an id. */
  whyNot(value: unknown): string;
}

/** Why a value cannot be an id. */
export function whyNotAnId(value: unknown): string {
  if (value === undefined) return "is missing";
  if (typeof value !== "number") return "must be a string, a whole number or a bigint";
  return Number.isInteger(value)
    ? `is ${value}, too large to be exact as a number: give it as a bigint or as text`
    : `must be a whole number, not ${value}`;
}

/** Ids of a feature whose missing values count as unknown. */
export class OrUnknown implements IdSpace {
  readonly known: number;
  private readonly space: IdSpace;

  constructor(space: IdSpace) {
    this.known = space.known;
    this.space = space;
  }

  idOf(value: unknown): number {
    return value === null || value === undefined ? UNKNOWN_ID : this.space.idOf(value);
  }

  whyNot(value: unknown): string {
    return this.space.whyNot(value);
  }
}

/** Known values in the order of their ids. */
export class Vocabulary implements IdSpace {
  readonly known: number;
  private readonly byText = new Map<string, number>();
  /**
   * The same for values given as numbers, which saves making their texts; filled at the first lookup of a
   * number.
   */
  private byNumber: Map<number, number> | null = null;

  constructor(values: Iterable<string>) {
    let id = FIRST_KNOWN_ID;
    for (const value of values) this.byText.set(value, id++);
    this.known = id - FIRST_KNOWN_ID;
  }

  idOf(value: unknown): number {
    if (typeof value === "string") return this.byText.get(value) ?? UNKNOWN_ID;
    if (typeof value === "number") {
      if (!Number.isSafeInteger(value)) return NOT_AN_ID;
      return (this.byNumber ??= this.numbers()).get(value) ?? UNKNOWN_ID;
    }
    const text = idText(value);
    return text === null ? NOT_AN_ID : (this.byText.get(text) ?? UNKNOWN_ID);
  }

  whyNot(value: unknown): string {
    return whyNotAnId(value);
  }

  private numbers(): Map<number, number> {
    const numbers = new Map<number, number>();
    for (const [text, id] of this.byText) {
      const value = Number(text);
      if (idText(value) === text) numbers.set(value, id);
    }
    return numbers;
  }
}

/** The whole numbers low … low + size − 1. */
export class IntegerRange implements IdSpace {
  readonly known: number;
  private readonly low: number;

  constructor(low: number, size: number) {
    this.low = low;
    this.known = size;
  }

  idOf(value: unknown): number {
    let whole: number;
    if (typeof value === "number") {
      if (!Number.isSafeInteger(value)) return NOT_AN_ID;
      whole = value;
    } else {
      const text = idText(value);
      if (text === null) return NOT_AN_ID;
      whole = Number(text);
      // Only the plain decimal form is this number; "01", " 1" and "1e0" are other texts.
      if (idText(whole) !== text) return UNKNOWN_ID;
    }
    const offset = whole - this.low;
    return offset >= 0 && offset < this.known ? offset + FIRST_KNOWN_ID : UNKNOWN_ID;
  }

  whyNot(value: unknown): string {
    return whyNotAnId(value);
  }
}

/** The index of the first of the latest `max` of `length` steps. */
export function latestFrom(length: number, max: number): number {
  return Math.max(0, length - max);
}
