// Spark SQL for the values of a feature: the raw values of a data column, and their encoded form.

import { InternalError } from "../../../compiler/common/internal-error.ts";
import type { ListFormat } from "../../../compiler/frontend/config/config.ts";
import { paddingPattern } from "../../../compiler/frontend/config/padding.ts";
import { mayBeMissing, rawKindOf } from "../../../compiler/frontend/kinds/registry.ts";
import { binningOf, transformsOf } from "../../../compiler/frontend/kinds/transforms.ts";
import { labelKindOf } from "../../../compiler/frontend/labels/registry.ts";
import type { Feature, Label, Model } from "../../../compiler/frontend/model/model.ts";
import { inputNames } from "../../../compiler/middle/programs/program.ts";

/** A name in SQL. */
export function name(text: string): string {
  return `\`${text.replaceAll("`", "``")}\``;
}

/**
 * A text in SQL, which escapes by backslash. It has no line break, so that `;` at the end of a line ends a
 * statement.
 */
export function text(value: string): string {
  return `'${value.replaceAll(/[\\'\n\r]/g, (sign) => ESCAPED[sign]!)}'`;
}

const ESCAPED: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  "\n": "\\n",
  "\r": "\\r",
};

/** A number in SQL, as a DOUBLE. */
export function number(value: number): string {
  return `${value}D`;
}

/** The separator as a regular expression in SQL. */
function separatorText(separator: string): string {
  return text(separator.replaceAll(/[\\^$.|?*+()[\]{}]/g, "\\$&"));
}

/**
 * The form of a source. In a CSV, values are texts, an empty text is missing, and a list has separators;
 * other formats have typed values and lists.
 */
export interface SourceForm extends ListFormat {
  readonly isText: boolean;
}

export function refused(what: string): string {
  return `raise_error(${text(what)})`;
}

/** The pattern of a number. A cast would also accept `1d`, `NaN` and `Infinity`. */
const NUMBER = text(String.raw`^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$`);

/** The pattern of a time's beginning. A cast would also accept `18:50` as a time of today. */
const DATE = text(String.raw`^\s*\d{4,6}-\d\d?-\d\d?(\D|$)`);
const CLOCK = text(String.raw`[T ](\d\d?:\d\d)`);
const OFFSET = text(String.raw`(Z|UTC|GMT|[-+]\d\d(:?\d\d){0,2})\s*$`);
const FRACTION = text(String.raw`\.(\d{1,9})`);

/** The type of exact order values: nanoseconds since 1970 keep all their digits. */
const EXACT = "DECIMAL(38, 18)";

/**
 * Orders rows by a column of numbers or times. It refuses a time that clocks skipped, like dinc. The struct
 * compares doubles first, because a DECIMAL may not show their difference, and then all digits, because a
 * double may lack the last ones.
 */
export function orderIn(column: string): string {
  const shown = `CAST(${name(column)} AS STRING)`;
  const time = `try_cast(${name(column)} AS TIMESTAMP)`;
  const clock = `lpad(regexp_extract(${shown}, ${CLOCK}, 1), 5, '0')`;
  const isShown = `${clock} IN ('00000', date_format(${time}, 'HH:mm')) OR ${shown} RLIKE ${OFFSET}`;
  const fraction = `CAST(concat('0.', regexp_extract(${shown}, ${FRACTION}, 1), '0') AS ${EXACT})`;
  const orderOf = (value: string) =>
    `struct(try_cast(${value} AS DOUBLE) AS near, try_cast(${value} AS ${EXACT}) AS exact)`;
  const isNumber = `${shown} RLIKE ${NUMBER} AND try_cast(${shown} AS ${EXACT}) IS NOT NULL`;
  const isTime = `${shown} RLIKE ${DATE} AND ${time} IS NOT NULL AND (${isShown})`;
  const otherwise = refused(`${column} is neither a number below 1e20 nor a time that clocks show`);
  return `coalesce(CASE WHEN ${isNumber} THEN ${orderOf(shown)} WHEN ${isTime} THEN ${orderOf(`(unix_seconds(${time}) + ${fraction})`)} END, ${otherwise})`;
}

/** The value of an order column as a double. */
export function orderAsDouble(column: string): string {
  return `${orderIn(column)}.near`;
}

/** An id as text. Whole numbers that a column stores as floats, as pandas does, lose their fraction. */
export function idIn(column: string, of: string, isText: boolean): string {
  const shown = `CAST(${column} AS STRING)`;
  if (isText) return shown;
  const value = `try_cast(${shown} AS DOUBLE)`;
  const whole = `CAST(CAST(${value} AS BIGINT) AS STRING)`;
  const otherwise = refused(`${of} has numbers with a fraction, which aren't ids`);
  return `CASE WHEN NOT typeof(${column}) RLIKE '^(double|float|decimal[(][0-9]+,[1-9])' OR ${column} IS NULL THEN ${shown} WHEN ${value} = floor(${value}) AND abs(${value}) <= ${Number.MAX_SAFE_INTEGER}D THEN ${whole} ELSE ${otherwise} END`;
}

/** The group of a row, as text. */
export function groupIn(feature: Feature, column: string, isText: boolean): string {
  return isNumber(feature) ? `CAST(${column} AS STRING)` : idIn(column, feature.name, isText);
}

/** The largest 32-bit float. */
const LARGEST = "3.4028234663852886E38D";

function numberIn(column: string, of: string): string {
  const isNumber = `(typeof(${column}) <> 'string' OR CAST(${column} AS STRING) RLIKE ${NUMBER})`;
  const isInRange = `abs(try_cast(${column} AS DOUBLE)) <= ${LARGEST}`;
  return `CASE WHEN ${column} IS NULL THEN NULL WHEN ${isNumber} AND ${isInRange} THEN CAST(${column} AS DOUBLE) ELSE ${refused(`${of} must be a finite number`)} END`;
}

/** The number of numbers in a value; null if it has ids. */
export function isNumber({ kind }: Pick<Feature, "kind">): boolean {
  return kind.kind === "number" || kind.kind === "bins";
}

/** A raw value: a STRING for ids, a DOUBLE for numbers. A missing value is NULL if it is allowed. */
function rawValue(feature: Feature, column: string, { isText }: SourceForm): string {
  const { kind, missingIsUnknown, name: of } = feature;
  const present = isText ? `nullif(${column}, '')` : column;
  const value = isNumber(feature) ? numberIn(present, of) : idIn(present, of, isText);
  if (missingIsUnknown) return value;
  const missing = "missing" in kind ? kind.missing : null;
  return `coalesce(${value}, ${missing === null ? refused(`${of} is missing`) : number(missing)})`;
}

/** The list in a column; a text is split at separators. */
function list(column: string, isText: boolean, separator: string): string {
  if (!isText) return `coalesce(${column}, array())`;
  return `IF(nullif(${column}, '') IS NULL, array(), split(${column}, ${separatorText(separator)}, -1))`;
}

function rawVector({ kind, name: of }: Feature, column: string, form: SourceForm): string {
  if (kind.kind !== "vector") throw new InternalError(`${of} isn't a vector`);
  const { width, missing } = kind;
  const isMissing = form.isText ? `nullif(${column}, '') IS NULL` : `${column} IS NULL`;
  const values = `transform(${list(column, form.isText, form.separator)}, x -> ${numberIn("x", of)})`;
  const absent =
    missing === null ? refused(`${of} is missing`) : `array_repeat(${number(missing)}, ${width})`;
  return `CASE WHEN ${isMissing} THEN ${absent} WHEN size(${values}) = ${width} THEN ${values} ELSE ${refused(`${of} must have ${width} numbers`)} END`;
}

function rawSet(feature: Feature, column: string, form: SourceForm, separator: string): string {
  const values = `transform(${list(column, form.isText, separator)}, v -> ${rawValue(feature, "v", form)})`;
  return `slice(array_distinct(${values}), 1, ${feature.set!.max})`;
}

/** The raw value of a feature in a row. */
export function rawOf(feature: Feature, column: string, form: SourceForm): string {
  if (feature.set !== null) return rawSet(feature, column, form, form.separator);
  if (feature.kind.kind === "vector") return rawVector(feature, column, form);
  return rawValue(feature, column, form);
}

/**
 * The raw values of a history's field in a row: its latest `max` steps, the latest last. An empty text may be
 * one step without a value: it is one if one of `others`, the columns of the other fields, has one step.
 */
export function rawSteps(
  feature: Feature,
  column: string,
  max: number,
  form: SourceForm,
  others: readonly string[],
  padding: PaddedColumns | null,
): string {
  const steps = (of: string) => list(of, form.isText, form.separator);
  const isOne = others.map((other) => `size(${steps(other)}) = 1`).join(" OR ");
  const mayBeEmpty = feature.set !== null || mayBeMissing(feature);
  const mayLookEmpty = form.isText && mayBeEmpty && others.length > 0;
  const all = mayLookEmpty
    ? `IF(nullif(${column}, '') IS NULL AND (${isOne}), array(''), ${steps(column)})`
    : steps(column);
  const own = padding === null ? all : ownSteps(all, padding, form);
  const ordered = form.latestFirst ? `reverse(${own})` : own;
  const latest = `slice(${ordered}, greatest(size(${ordered}) - ${max}, 0) + 1, ${max})`;
  const inner = { ...form, separator: form.innerSeparator };
  const step =
    feature.set !== null
      ? rawSet(feature, "s", form, form.innerSeparator)
      : feature.kind.kind === "vector"
        ? rawVector(feature, "s", inner)
        : rawValue(feature, "s", form);
  return `transform(${latest}, s -> ${step})`;
}

/** The padding values of a history, and its columns with their features. */
export interface PaddedColumns {
  readonly values: readonly string[];
  readonly columns: readonly { readonly column: string; readonly feature: Feature }[];
}

/** `steps` without those at either end that are padding in one column and a value in none. */
function ownSteps(steps: string, { values, columns }: PaddedColumns, form: SourceForm): string {
  // 0 is empty, 1 padding, 2 a value.
  const state = (x: string) =>
    `CASE WHEN coalesce(CAST(${x} AS STRING), '') RLIKE ${text(paddingPattern(values))} THEN 1 WHEN coalesce(CAST(${x} AS STRING), '') = '' THEN 0 ELSE 2 END`;
  const states = columns.map(({ column, feature }) => {
    const step = `get(${list(column, form.isText, form.separator)}, i)`;
    const isList = feature.set !== null || feature.kind.kind === "vector";
    if (!isList) return state(step);
    const parts = `transform(${list(step, form.isText, form.innerSeparator)}, v -> ${state("v")})`;
    return `coalesce(array_max(${parts}), 0)`;
  });
  const most = states.length === 1 ? states[0]! : `greatest(${states.join(", ")})`;
  const isOwn = `transform(${steps}, (x, i) -> (${most}) <> 1)`;
  const from = `array_position(${isOwn}, true)`;
  const after = `array_position(reverse(${isOwn}), true)`;
  return `slice(${steps}, CAST(greatest(${from}, 1) AS INT), CAST(IF(${from} = 0, 0, size(${steps}) + 2 - ${after} - ${from}) AS INT))`;
}

/**
 * The columns of a label: its value, which is 0 if it is missing and may be missing, and then whether it is
 * present.
 */
export function labelColumnsOf(declared: Label): string[] {
  const { name: label, mayBeMissing } = declared;
  const column = name(label);
  const value = `${labelOf(column, declared)} AS ${name(inputNames.label(label))}`;
  if (!mayBeMissing) return [value];
  const isMissing = `nullif(trim(CAST(${column} AS STRING)), '') IS NULL`;
  return [
    `IF(${isMissing}, CAST(0 AS FLOAT), ${labelOf(column, declared)}) AS ${name(inputNames.label(label))}`,
    `CAST(IF(${isMissing}, 0, 1) AS FLOAT) AS ${name(inputNames.present(label))}`,
  ];
}

/** The rows of `view`, whose labels and features are encoded, with the weights of labels. */
export function withWeights({ labels }: Model, view: string): string {
  const weights = [...labels.values()].flatMap(({ name: label, weight }) => {
    if (weight === null) return [];
    const present = [label, weight.name].filter((of) => labels.get(of)?.mayBeMissing === true);
    const factors = [
      labels.has(weight.name) ? inputNames.label(weight.name) : inputNames.feature(weight.name),
      ...present.map(inputNames.present),
    ].map((of) => `x.${name(of)}`);
    const product = factors.join(" * ");
    const checked = `CASE WHEN ${product} < 0 THEN ${refused(`${weight.name} weighs ${label} and must be at least 0`)} ELSE ${product} END`;
    return [`CAST(${checked} AS FLOAT) AS ${name(inputNames.weight(label))}`];
  });
  return weights.length === 0 ? view : `SELECT x.*,\n  ${weights.join(",\n  ")}\nFROM (${view}) AS x`;
}

/** Reads a label like `labelKinds`. */
function labelOf(column: string, { name: label, type }: Pick<Label, "name" | "type">): string {
  const shown = `trim(CAST(${column} AS STRING))`;
  const value = `lower(${shown})`;
  const ones = "('1', '1.0', 'true')";
  const zeros = "('0', '0.0', 'false')";
  const holds = labelKindOf({ type }).holds(type);
  const otherwise = refused(`${label} must be ${holds}`);
  const amount = `(CASE WHEN ${shown} RLIKE ${NUMBER} THEN TRY_CAST(${shown} AS DOUBLE) END)`;
  const where = (condition: string, then: string) =>
    `CAST(CASE WHEN ${condition} THEN ${then} ELSE ${otherwise} END AS FLOAT)`;
  switch (type.kind) {
    case "binary":
      return `CAST(CASE WHEN ${value} IN ${ones} THEN 1 WHEN ${value} IN ${zeros} THEN 0 ELSE ${otherwise} END AS FLOAT)`;
    case "share":
      return `CAST(CASE WHEN ${value} = 'true' THEN 1 WHEN ${value} = 'false' THEN 0 WHEN ${amount} BETWEEN 0 AND 1 THEN ${amount} ELSE ${otherwise} END AS FLOAT)`;
    case "number":
      return where(`abs(${amount}) <= ${LARGEST}`, amount);
    case "int":
      return where(
        `${amount} = floor(${amount}) AND ${amount} BETWEEN ${type.low} AND ${type.low + type.classes.length - 1}`,
        `${amount} - ${type.low}`,
      );
    case "enum": {
      const list = type.classes.map(text).join(", ");
      return where(`${shown} IN (${list})`, `array_position(array(${list}), ${shown}) - 1`);
    }
  }
}

/**
 * A number after its first `places` transforms; `learned` returns the fitted array of the transform at a
 * position.
 */
export function numberAfter(
  { name: of, kind }: Feature,
  value: string,
  learned: (place: number) => string,
  places = transformsOf(kind).length,
): string {
  return transformsOf(kind)
    .slice(0, places)
    .reduce((x, transform, place) => {
      switch (transform.kind) {
        case "log1p":
          return `(CASE WHEN ${x} < 0 THEN ${refused(`${of} must not be negative (log1p)`)} ELSE log1p(${x}) END)`;
        case "clip":
          return `least(greatest(${x}, ${number(transform.low)}), ${number(transform.high)})`;
        default:
          return `((${x} - ${learned(place)}[0]) / ${learned(place)}[1])`;
      }
    }, value);
}

/** The encoded form of a value without a vocabulary: its id as INT, or its number as FLOAT. */
export function encoded(feature: Feature, value: string, learned: (place: number) => string): string {
  const { kind, name: of } = feature;
  if (kind.kind === "number") return `CAST(${numberAfter(feature, value, learned)} AS FLOAT)`;
  if (kind.kind === "vector") return `transform(${value}, x -> CAST(x AS FLOAT))`;
  const known = knownId(feature, value, learned);
  const outside = `coalesce(${known}, ${refused(`${of} has a value that its kind does not hold`)})`;
  return `CASE WHEN ${value} IS NULL THEN 1 ELSE ${outside} END`;
}

export function knownId({ kind }: Feature, value: string, learned: (place: number) => string): string {
  switch (kind.kind) {
    case "int":
      return rangeId(value, kind.low, kind.high);
    case "sized_id":
      return rangeId(value, 0, kind.size - 1);
    case "enum":
      return `nullif(CAST(array_position(array(${kind.values.map(text).join(", ")}), ${value}) AS INT), 0) + 1`;
    case "bins": {
      const x = numberAfter({ kind, name: "" } as Feature, value, learned);
      const { binning } = kind;
      const bounds =
        binning.kind === "buckets"
          ? `array(${binningOf(binning).bounds(binning, []).map(number).join(", ")})`
          : learned(kind.transforms.length);
      return `size(filter(${bounds}, bound -> bound <= ${x})) + 2`;
    }
    default:
      throw new InternalError(`${kind.kind} is looked up, or not in a plan`);
  }
}

function rangeId(value: string, low: number, high: number): string {
  const whole = `try_cast(${value} AS BIGINT)`;
  return `CASE WHEN CAST(${whole} AS STRING) = ${value} AND ${whole} BETWEEN ${low} AND ${high} THEN CAST(${whole} - ${low - 2} AS INT) END`;
}

/**
 * Excludes kinds whose ids are dinc's own hashes or codes, come from a file or depend on a clock, and sets whose values have
 * weights: Spark has no expression for these.
 */
export function isInPlans(feature: Pick<Feature, "name" | "kind" | "set">): boolean {
  const { kind } = feature.kind;
  if (feature.set?.weighted === true) return false;
  const others: readonly string[] = ["cross", "hashed_id", "text", "codes", "listed_id", "time"];
  if (others.includes(kind)) return false;
  const definition = rawKindOf(feature);
  return definition.gives !== "ids" || definition.takes !== "times";
}
