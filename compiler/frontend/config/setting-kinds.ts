// The kinds of values of settings. One object per kind defines its valid values, the message for a mistake,
// its JSON Schema, and the text that editors show for a value.

import { InternalError } from "../../common/internal-error.ts";
import { alternatives } from "../../common/option-text.ts";
import { isTimeZone, TIME_ZONE } from "../../common/time-zone.ts";
import { DELIMITER } from "./csv-format.ts";
import { readLabelValues, readPositive } from "./label-rule.ts";
import { readPaddingValues } from "./padding.ts";
import { readTimePoint, type TimePoint } from "./time-points.ts";

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonSchema;

export interface JsonSchema {
  readonly [keyword: string]: JsonValue;
}

/** The things that a text can name. */
export type Named = "spec" | "rows" | "folder" | "column" | "variant" | "feature" | "label";

export interface SettingKind<T> {
  /** The text after "must be". */
  readonly expected: string;
  /** Reads the value that YAML gives; returns null if it is invalid. */
  read(given: unknown): T | null;
  readonly schema: JsonSchema;
  /** The thing that the value names; null if it names nothing. */
  readonly names: Named | null;
  /** All values with their meanings; empty if they cannot be listed. */
  readonly words: Readonly<Record<string, string>>;
  /** A value in other words, if there are any. */
  meaning(value: T): string | null;
}

const namedThings: Readonly<Record<Named, string>> = {
  spec: "a `.din` file",
  rows: "a file of rows, a folder, a pattern of names, a list of these, a table of a database, or a query `{ sql, from }`",
  folder: "a folder",
  column: "a column",
  variant: "a variant of the spec",
  feature: "a column, such as that of a feature",
  label: "a label of the spec",
};

/** The values of a setting, for the people who write it. */
export function takenBy(described: SettingDescription): string {
  if (described.what === "groups") return "groups of settings by names";
  if (described.what === "named" && described.isOneEnough === true)
    return `${described.kind.expected}, or such values by ${described.of}`;
  if (described.what !== "setting") return "a group of settings";
  const { names, expected } = described.kind;
  return names === null ? expected : namedThings[names];
}

function kind<T>(
  expected: string,
  schema: JsonSchema,
  read: (given: unknown) => T | null,
  more: Partial<Pick<SettingKind<T>, "names" | "words" | "meaning">> = {},
): SettingKind<T> {
  return { expected, schema, read, names: null, words: {}, meaning: () => null, ...more };
}

export function text(names: Named | null = null): SettingKind<string> {
  const read = (given: unknown) =>
    (typeof given === "string" || typeof given === "number") && given !== "" ? String(given) : null;
  return kind("a text", { type: ["string", "number"], minLength: 1 }, read, { names });
}

/** The address of rows: a text, or a list of texts. */
export function rows(): SettingKind<readonly string[]> {
  const isText = (given: unknown): given is string => typeof given === "string" && given !== "";
  const read = (given: unknown) => {
    if (Array.isArray(given)) return given.length > 0 && given.every(isText) ? given : null;
    return isText(given) || typeof given === "number" ? [String(given)] : null;
  };
  const texts = { type: "array", items: { type: "string", minLength: 1 }, minItems: 1 };
  const part = { type: ["string", "number"], minLength: 1 };
  const query = {
    type: "object",
    additionalProperties: false,
    required: ["sql"],
    properties: { sql: part, from: part },
  };
  const schema = { anyOf: [part, texts, query] };
  return kind("a text, a list of texts, or a query", schema, read, { names: "rows" });
}

/** The values that make a label 1: a comparison, or values. */
export function positives(): SettingKind<readonly string[]> {
  return kind(
    "a comparison like `>= 4`, a value, or a list of values",
    labelValues(comparison),
    readPositive,
  );
}

/** The values that make a label 0. */
export function negatives(): SettingKind<readonly string[]> {
  return kind("a value, or a list of values", labelValues(), readLabelValues);
}

const comparison = "^\\s*([<>]=?\\s*[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?\\s*$|[^<>\\s])";

function labelValues(one = "\\S"): JsonSchema {
  const others = { type: ["number", "boolean"] };
  const text = { type: "string", pattern: one };
  const inList = { type: "string", pattern: one === "\\S" ? one : "^\\s*[^<>\\s]" };
  return { anyOf: [others, text, { type: "array", minItems: 1, items: { anyOf: [others, inList] } }] };
}

/** The values that pad lists. An empty text is a step without a value; an empty list means no padding. */
export function paddingValues(): SettingKind<readonly string[]> {
  const value = { type: ["number", "string"] };
  const values = { type: "array", items: value };
  return kind("a value, or a list of values", { anyOf: [value, values] }, readPaddingValues);
}

/** The separator of the values of a line. */
export function delimiter(): SettingKind<string> {
  return kind(
    "one to four signs, like `;`",
    { type: "string", pattern: DELIMITER.source },
    (given) => (typeof given === "string" && DELIMITER.test(given) ? given : null),
    { meaning: (signs) => JSON.stringify(signs) },
  );
}

/** `least` is allowed. */
export function whole(least: number): SettingKind<number> {
  return kind(`a whole number from ${least} on`, { type: "integer", minimum: least }, (given) =>
    typeof given === "number" && Number.isSafeInteger(given) && given >= least ? given : null,
  );
}

export function positive(): SettingKind<number> {
  return kind("a number above 0", { type: "number", exclusiveMinimum: 0 }, (given) =>
    typeof given === "number" && given > 0 && Number.isFinite(given) ? given : null,
  );
}

/** Neither bound is allowed. */
export function between(low: number, high: number): SettingKind<number> {
  return kind(
    `a number between ${low} and ${high}`,
    { type: "number", exclusiveMinimum: low, exclusiveMaximum: high },
    (given) => (typeof given === "number" && given > low && given < high ? given : null),
  );
}

/** One of a few words, with their meanings. */
export function choice<W extends string>(words: Readonly<Record<W, string>>): SettingKind<W> {
  const isWord = (given: unknown): given is W => typeof given === "string" && Object.hasOwn(words, given);
  const quoted = Object.keys(words).map((word) => `\`${word}\``);
  const meanings = Object.entries<string>(words).map(([word, description]) => ({ const: word, description }));
  return kind(alternatives(quoted), { oneOf: meanings }, (given) => (isWord(given) ? given : null), {
    words,
    meaning: (word) => words[word],
  });
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ["MB", 1e6],
  ["GB", 1e9],
  ["TB", 1e12],
  ["MIB", 2 ** 20],
  ["GIB", 2 ** 30],
  ["TIB", 2 ** 40],
]);

/** Bytes with their unit: `512MB`, `1.5GiB`. Upper and lower case are the same. */
export function bytes(least: number, most: number): SettingKind<number> {
  const anyCase = (unit: string) => unit.replace(/[A-Z]/g, (letter) => `[${letter}${letter.toLowerCase()}]`);
  const units = [...UNITS.keys()].map(anyCase).join("|");
  const read = (given: unknown) => {
    const found = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(String(given));
    const unit = found === null ? undefined : UNITS.get(found[2]!.toUpperCase());
    const size = unit === undefined ? 0 : Math.round(Number(found![1]) * unit);
    return size >= least && size <= most ? size : null;
  };
  return kind(
    `a size from ${least / 1e6}MB to ${most / 1e12}TB, like \`2GB\``,
    { type: "string", pattern: `^\\d+(\\.\\d+)?\\s*(${units})$` },
    read,
    { meaning: (size) => `${size.toLocaleString("en-US")} bytes` },
  );
}

/** A share: from 0 to 1, or as `5 %`. */
export function shareOf(): SettingKind<number> {
  const read = (given: unknown) => {
    const percent = typeof given === "string" ? /^(\d+(?:\.\d+)?) ?%$/.exec(given) : null;
    const share = percent === null ? given : Number(percent[1]) / 100;
    return typeof share === "number" && share >= 0 && share <= 1 ? share : null;
  };
  const written = { type: "string", pattern: String.raw`^(\d{1,2}(\.\d+)?|100(\.0+)?) ?%$` };
  return kind(
    "a share from 0 to 1, like `0.05` or `5 %`",
    { anyOf: [{ type: "number", minimum: 0, maximum: 1 }, written] },
    (given) => (typeof given === "string" && !new RegExp(written.pattern).test(given) ? null : read(given)),
  );
}

/** A text that `read` parses. */
export function phrase<T>(
  expected: string,
  pattern: RegExp,
  read: (text: string) => T | null,
): SettingKind<T> {
  return kind(expected, { type: "string", pattern: pattern.source }, (given) =>
    typeof given === "string" ? read(given) : null,
  );
}

/** A time, a day counted from today, or a number. */
export function timePoint(): SettingKind<TimePoint> {
  return kind(
    "a time like `2026-11-26` or `2026-11-26T12:00Z`, a day like `yesterday` or `7 days ago`, or a number",
    { anyOf: [{ type: "number" }, { type: "string", pattern: String.raw`^(today|yesterday|-?\d.*)$` }] },
    readTimePoint,
  );
}

/** A duration: a time span, or a number if times are numbers. */
export function kindOfDuration<T>(pattern: RegExp, read: (given: unknown) => T | null): SettingKind<T> {
  return kind(
    "a time span like `30 s`, `10 min`, `2 h` or `7 d`, or a number from 0 on",
    {
      anyOf: [
        { type: "number", minimum: 0 },
        { type: "string", pattern: pattern.source },
      ],
    },
    read,
  );
}

/** The IANA name of a time zone. */
export function timeZone(): SettingKind<string> {
  return kind(
    "the IANA name of a time zone, like `Europe/Berlin`",
    { type: "string", pattern: TIME_ZONE.source },
    (given) => (typeof given === "string" && isTimeZone(given) ? given : null),
  );
}

/** The two forms of `data`, which have different settings. */
export type DataForm = "rows" | "events";

interface Common {
  /** A sentence or two in Markdown. */
  readonly doc: string;
  /** Required, if the data have its form. */
  readonly required?: true;
  /** Not required if one of these neighbours is present. */
  readonly unless?: readonly string[];
  /** The form of data that it belongs to; absent for both. */
  readonly form?: DataForm;
  /** Neighbours that exclude it. */
  readonly notWith?: readonly string[];
}

/** `T` is the type of the value that is read: null for an absent setting without a default. */
export interface Setting<T> extends Common {
  readonly what: "setting";
  readonly kind: SettingKind<T>;
  /** The value of an absent setting. */
  readonly absent: T;
  /** The default for readers: the value in code quotes, or a sentence; null if there is none. */
  readonly otherwise: string | null;
  /** The default as it is written in the file; null if there is none. */
  readonly preset: string | number | null;
}

export interface SettingGroup<S = Settings> extends Common {
  readonly what: "group";
  readonly settings: S;
}

/** Values for params of the spec, under any keys. */
export interface ParamMap extends Common {
  readonly what: "params";
}

/** Values of one kind under free names, such as those of columns. */
export interface NamedMap<T> extends Common {
  readonly what: "named";
  readonly kind: SettingKind<T>;
  readonly of: "column" | "history";
  /** True if a single value without names may replace the map, for all names. */
  readonly isOneEnough?: true;
}

/** Groups with the same settings under free names, such as those of histories. */
export interface NamedGroups<S = Settings> extends Common {
  readonly what: "groups";
  /** The part of the spec that the names refer to; null if they are free. */
  readonly of: "history" | null;
  readonly group: SettingGroup<S>;
}

export type SettingDescription = Setting<unknown> | SettingGroup | ParamMap | NamedMap<unknown> | NamedGroups;

export interface Settings {
  readonly [key: string]: SettingDescription;
}

type Wording = Common & { readonly otherwise?: string };

export function setting<T>(kind: SettingKind<T>, wording: Wording): Setting<T | null> {
  const { otherwise = null } = wording;
  return { ...wording, what: "setting", kind, absent: null, preset: null, otherwise };
}

/** A setting with a default: `preset`, as it is written. */
export function presetSetting<T>(
  kind: SettingKind<T>,
  preset: string | number,
  wording: Wording,
): Setting<T> {
  const absent = kind.read(preset);
  if (absent === null) throw new InternalError(`the default ${preset} is not ${kind.expected}`);
  return {
    ...wording,
    what: "setting",
    kind,
    absent,
    preset,
    otherwise: wording.otherwise ?? `\`${preset}\``,
  };
}

export function group<S extends Settings>(settings: S, wording: Common): SettingGroup<S> {
  return { ...wording, what: "group", settings };
}

/** The query that gives the rows, in place of their address. */
export const query = group(
  {
    sql: setting(text(), {
      doc: "A SELECT in DuckDB's SQL, or in SQLite's for such a database.",
      required: true,
    }),
    from: setting(text("folder"), {
      doc: "The database whose tables it reads, or the folder for relative paths of its files.",
      otherwise: "the folder of the data",
    }),
  },
  { doc: "The rows of a query." },
);
