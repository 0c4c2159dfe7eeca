// Reads the fields of JSON from other programs, and checks each: a missing field or a wrong type is refused
// with its location, as a clause that completes "the file …".

const LONGEST_LINE = 4096;
/** Control characters, including directional ones, and line breaks. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

export class FieldError extends Error {
  override readonly name = "FieldError";
}

/** The value of a JSON text. Python writes NaN and Infinity, which are not JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FieldError("is not JSON");
  }
}

/** Reads an object's fields by name; `place` names the object in errors. */
export class Fields {
  private readonly values: Readonly<Record<string, unknown>>;
  private readonly place: string;

  constructor(value: unknown, place = "") {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw new FieldError(place === "" ? "is no JSON object" : `has no object as ${place}`);
    this.values = value as Record<string, unknown>;
    this.place = place;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.values, name);
  }

  names(): string[] {
    return Object.keys(this.values);
  }

  text(name: string): string {
    return this.of(name, "text", (value) => typeof value === "string");
  }

  /** A text that is safe to show on a terminal. */
  line(name: string): string {
    return this.of(
      name,
      `text of one line, at most ${LONGEST_LINE} characters`,
      (value) => typeof value === "string" && value.length <= LONGEST_LINE && !UNSHOWN.test(value),
    );
  }

  number(name: string): number {
    return this.of(name, "number", Number.isFinite);
  }

  /** A whole number of at least `least`. */
  whole(name: string, least = 0): number {
    return this.of(
      name,
      `whole number from ${least} on`,
      (value) => Number.isSafeInteger(value) && (value as number) >= least,
    );
  }

  truth(name: string): boolean {
    return this.of(name, "true or false", (value) => typeof value === "boolean");
  }

  list(name: string): readonly unknown[] {
    return this.of(name, "list", Array.isArray);
  }

  numbers(name: string): readonly number[] {
    return this.of(name, "list of numbers", (value) => Array.isArray(value) && value.every(Number.isFinite));
  }

  fields(name: string): Fields {
    return new Fields(this.value(name), this.called(name));
  }

  /** Null if the field is null, otherwise the result of `read`. */
  orNull<T>(name: string, read: (fields: this) => T): T | null {
    return this.value(name) === null ? null : read(this);
  }

  value(name: string): unknown {
    return this.has(name) ? this.values[name] : undefined;
  }

  private of<T>(name: string, what: string, is: (value: unknown) => boolean): T {
    const value = this.value(name);
    if (!is(value)) throw new FieldError(`has no ${what} as ${this.called(name)}`);
    return value as T;
  }

  private called(name: string): string {
    return this.place === "" ? `"${name}"` : `"${name}" of ${this.place}`;
  }
}
