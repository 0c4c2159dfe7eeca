// Reads the fields of JSON that another program wrote, and believes none of them: what is missing or of
// another type is refused with its place, as a clause that completes "the file …".

const LONGEST_LINE = 4096;
/** Control characters, directional ones among them, and breaks of lines. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

export class FieldError extends Error {
  override readonly name = "FieldError";
}

/** The value of a text. Python writes NaN and Infinity where JSON has no number; such a text is no JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FieldError("is not JSON");
  }
}

/** An object's fields by name; `place` is what errors call the object. */
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

  /** A text that can be shown on a terminal as it stands. */
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

  /** A whole number, `least` or more. */
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

  /** Null where the field is null; what `read` gives of it otherwise. */
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
