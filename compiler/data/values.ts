// Reads one cell of a feature or label, and reports why it cannot be read.

import { InternalError } from "../common/internal-error.ts";
import { numberOfText } from "../common/number-text.ts";
import { readTime } from "../common/time-text.ts";
import type { TimeZone } from "../common/time-zone.ts";
import {
  labelNotBinary,
  missingValue,
  negativeLog1p,
  notANumber,
  notAnId,
  notATime,
  wrongColumnType,
} from "../diagnostics/catalog/data.ts";
import { labelOutside } from "../diagnostics/catalog/label-data.ts";
import { numberOutOfRange } from "../diagnostics/catalog/scores.ts";
import { inexactNumber, labelByNoRule } from "../diagnostics/catalog/sources.ts";
import { vectorLength, wholeAsDecimal } from "../diagnostics/catalog/vocabularies.ts";
import { type Details, inText } from "../diagnostics/diagnostic.ts";
import { type LabelRule, ruleText } from "../frontend/config/label-rule.ts";
import { type Encoders, type IdEncoder, vectorsOf } from "../frontend/kinds/encoders.ts";
import type { Interner } from "../frontend/kinds/interner.ts";
import { hasIds, idKindOf } from "../frontend/kinds/registry.ts";
import { transformsOf } from "../frontend/kinds/transforms.ts";
import { labelKindOf, labelTypeText } from "../frontend/labels/registry.ts";
import { type Feature, type Label, UNKNOWN_ID } from "../frontend/model/model.ts";
import { isListInBrackets, isRecord } from "../frontend/syntax/raw-texts.ts";
import { NOT_AN_ID } from "../serve/features.ts";
import { isInRange, type Numbers } from "../serve/numbers.ts";
import { labelBy } from "./compared-cells.ts";
import type { Findings } from "./findings.ts";
import { type NumberFormat, numberFormat } from "./number-format.ts";
import { formatRaw, type Raw, type RawCell } from "./raw-values.ts";
import type { DataColumn } from "./table.ts";

/**
 * Whether a value outside a closed vocabulary is a mistake (training and test rows) or unknown (as in
 * serving).
 */
export type Outside = "error" | "unknown";

/** How cells become ids and numbers. */
export interface CellEncoding {
  readonly encoders: Encoders;
  readonly outside: Outside;
  /** The separator in a text between the values of a set, and between the numbers of a vector. */
  readonly separator: string;
}

/** Always returns a number for the cell; mistakes are in the findings. */
export interface CellReader {
  (value: RawCell, row: number): number;
  /** The texts that it numbers; absent if they have no numbers of their own. */
  readonly texts?: NumberedTexts | undefined;
  /** Whether it gives a number with a decimal point as it is, without a finding; absent if it reads other numbers. */
  readonly keeps?: ((number: number) => boolean) | undefined;
}

/** Texts whose provisional id follows from their number in `interner`. */
export interface NumberedTexts {
  readonly interner: Interner;
  /** Whether no text gives a finding any more, except a list in brackets and a record. */
  areFree(): boolean;
}

/** The column of a feature's cells, and the findings that collect their mistakes. */
export interface CellColumn {
  readonly feature: Feature;
  readonly column: string;
  readonly format: NumberFormat;
  readonly findings: Findings;
}

/** Reports a list where one value is required. */
export function isOneValue(
  value: RawCell,
  row: number,
  column: string,
  findings: Findings,
  details: Details = {},
): value is Raw {
  if (!Array.isArray(value)) return true;
  findings.add(wrongColumnType, { column, expected: ONE_VALUE, got: "a list here" }, row, column, details);
  return false;
}

const ONE_VALUE = "one value per row";

/** Ids of a feature whose raw values are ids. */
export function idCells(
  { feature, column, format, findings }: CellColumn,
  encode: IdEncoder,
  outside: Outside,
): CellReader {
  const details = declaredIn(feature);
  const definition = idKindOf(feature);
  const isClosed = definition.learn === null && !definition.manyToOne;
  // Other texts would become ids of their own.
  const isLearned = !isClosed;
  const watch = isClosed ? null : new DecimalWatch(column, findings, format, details);
  const sayOutsider = outside === "error" ? definition.outsiders?.(feature.kind) : undefined;
  const { interner } = encode;
  const texts =
    interner === undefined || watch === null ? undefined : { interner, areFree: () => watch.isOver };
  const read = (value: RawCell, row: number) => {
    if (value === null) {
      if (!feature.missingIsUnknown) findings.add(missingValue, { column }, row, column, details);
      return UNKNOWN_ID;
    }
    if (!isOneValue(value, row, column, findings, details)) return UNKNOWN_ID;
    if (isLearned && typeof value === "string" && (isListInBrackets(value) || isRecord(value))) {
      const got = `${isRecord(value) ? "a record" : "a list in brackets"} here: ${formatRaw(value)}`;
      const parameters = { column, expected: ONE_VALUE, got };
      findings.add(wrongColumnType, parameters, row, column, details);
      return UNKNOWN_ID;
    }
    const id = encode(typeof value === "boolean" ? String(value) : value);
    watch?.read(value, row);
    const whole = isClosed && id === UNKNOWN_ID ? wholeOf(value, format) : null;
    if (whole !== null && encode(whole) > UNKNOWN_ID)
      findings.add(wholeAsDecimal, { column, value: String(value), whole }, row, column, details);
    else if (id === NOT_AN_ID)
      findings.add(notAnId, { column, value: formatRaw(value) }, row, column, details);
    else if (id === UNKNOWN_ID)
      sayOutsider?.({ feature: feature.name, column, raw: value, value: formatRaw(value) }, (...said) => {
        const [entry, parameters, help] = said;
        findings.add(entry, parameters, row, column, { ...details, finalHelp: help });
      });
    return id === NOT_AN_ID ? UNKNOWN_ID : id;
  };
  return Object.assign(read, { texts });
}

/** The whole number that a text writes as a decimal; null for anything else. */
function wholeOf(value: Raw, format: NumberFormat): string | null {
  const whole = typeof value === "string" ? format.whole(value) : null;
  return whole === value ? null : whole;
}

/** Reports an id column with whole numbers only, some of them written as `1.0`. */
export class DecimalWatch {
  private readonly column: string;
  private readonly findings: Findings;
  private readonly format: NumberFormat;
  private readonly details: Details;
  private onlyWhole = true;

  constructor(column: string, findings: Findings, format: NumberFormat, details: Details = {}) {
    this.column = column;
    this.findings = findings;
    this.format = format;
    this.details = details;
  }

  /** Whether the column has another text, so that nothing is reported. */
  get isOver(): boolean {
    return !this.onlyWhole;
  }

  read(value: Raw, row: number): void {
    if (!this.onlyWhole || typeof value !== "string") return;
    const whole = this.format.whole(value);
    this.onlyWhole = whole !== null;
    if (whole === null || whole === value) return;
    const { column, details } = this;
    this.findings.add(wholeAsDecimal, { column, value, whole }, row, column, {
      ...details,
      only: () => this.onlyWhole,
    });
  }
}

/** Reads numbers that are not transformed yet. */
export function numberCells(of: CellColumn, numbers: Numbers): CellReader {
  const { feature, column, format, findings } = of;
  const refuse = refusal(of);
  const missing = "missing" in feature.kind ? feature.kind.missing : null;
  const isSound = (number: number) => !Number.isNaN(numbers.numberOf(number));
  const read = (value: RawCell, row: number) => {
    if (!isOneValue(value, row, column, findings, declaredIn(feature))) return 0;
    const number = value === null && missing !== null ? missing : format.numberOf(value);
    if (!isSound(number)) refuse(value, number, row);
    return number;
  };
  return Object.assign(read, { keeps: format.hasPoints ? isSound : undefined });
}

/** Passes the numbers of a vector's cell to `push`, as many as its width. */
export type VectorReader = (value: RawCell, row: number, push: (x: number) => void) => void;

/** Reads vectors: lists, or texts with `separator` between the numbers. */
export function vectorCells(
  { feature, column, format, findings }: CellColumn,
  { width, missing }: { readonly width: number; readonly missing: number | null },
  separator: string,
): VectorReader {
  const details = declaredIn(feature);
  const filled = (x: number) => Array.from({ length: width }, () => x);
  return (value, row, push) => {
    const list = typeof value === "string" && value !== "" ? value.split(separator) : value;
    let numbers = filled(0);
    // An empty list is missing, like an empty text.
    const isNone =
      list === null || list === "" || (missing !== null && Array.isArray(list) && list.length === 0);
    if (isNone) {
      if (missing === null) findings.add(missingValue, { column }, row, column, details);
      else numbers = filled(missing);
    } else if (!Array.isArray(list)) {
      const parameters = { column, expected: `${width} numbers a row`, got: formatRaw(value as Raw) };
      findings.add(wrongColumnType, parameters, row, column, details);
    } else if (list.length !== width) {
      const parameters = { column, got: list.length, feature: feature.name, width };
      findings.add(vectorLength, parameters, row, column, details);
    } else {
      const found = list.map((each) => format.numberOf(each));
      const bad = found.findIndex((x) => !isInRange(x));
      if (bad < 0) numbers = found;
      else if (Number.isFinite(found[bad]))
        findings.add(
          numberOutOfRange,
          { column, value: formatRaw(list[bad]), transformed: false },
          row,
          column,
          details,
        );
      else
        findings.add(
          notANumber,
          { column, value: formatRaw(list[bad]) },
          row,
          column,
          spelled(list[bad], details),
        );
    }
    for (const x of numbers) push(x);
  };
}

/** Reads times, each as two numbers. */
export function timeNumbers(
  { feature, column, format, findings }: CellColumn,
  orderZone?: TimeZone,
): VectorReader {
  const details = declaredIn(feature);
  const times = vectorsOf(feature);
  const numbers = new Float32Array(times.width);
  return (value, row, push) => {
    // An unreadable cell must not keep the previous row's time.
    numbers.fill(Number.NaN);
    if (value === null) findings.add(missingValue, { column }, row, column, details);
    else if (
      isOneValue(value, row, column, findings, details) &&
      !times.read(instantIn(orderZone, format.plain(value)), numbers, 0)
    )
      findings.add(notATime, { column, value: formatRaw(value) }, row, column, details);
    for (const x of numbers) push(x);
  };
}

/** For a time that orders an event log, its seconds since 1970; anything else unchanged. */
export function instantIn(zone: TimeZone | undefined, value: Raw): Raw {
  if (zone === undefined || typeof value !== "string" || !Number.isNaN(numberOfText(value))) return value;
  const time = readTime(value);
  if (typeof time === "string") return value;
  const { clock, offset, isDate } = time;
  return offset === null ? (zone.instantOf(clock, isDate) ?? value) : clock - offset;
}

/** Reads ids of buckets of numbers. */
export function bucketCells(of: CellColumn, encode: IdEncoder): CellReader {
  const { feature, column, format, findings } = of;
  const refuse = refusal(of);
  const missing = "missing" in feature.kind ? feature.kind.missing : null;
  return (value, row) => {
    if (value === null && feature.missingIsUnknown) return UNKNOWN_ID;
    if (!isOneValue(value, row, column, findings, declaredIn(feature))) return UNKNOWN_ID;
    const number = value === null && missing !== null ? missing : format.numberOf(value);
    const id = encode(number);
    if (id === NOT_AN_ID) refuse(value, number, row);
    return id === NOT_AN_ID ? UNKNOWN_ID : id;
  };
}

/** Reads ids of parts of a clock's time. */
export function timeCells(
  { feature, column, format, findings }: CellColumn,
  encode: IdEncoder,
  orderZone?: TimeZone,
): CellReader {
  const details = declaredIn(feature);
  return (value, row) => {
    if (value === null) {
      if (!feature.missingIsUnknown) findings.add(missingValue, { column }, row, column, details);
      return UNKNOWN_ID;
    }
    if (!isOneValue(value, row, column, findings, details)) return UNKNOWN_ID;
    const id = encode(instantIn(orderZone, format.plain(value)));
    if (id !== NOT_AN_ID) return id;
    findings.add(notATime, { column, value: formatRaw(value) }, row, column, details);
    return UNKNOWN_ID;
  };
}

/** Reports why a number is refused. */
function refusal({
  feature,
  column,
  findings,
}: Omit<CellColumn, "format">): (value: Raw, number: number, row: number) => void {
  const details = declaredIn(feature);
  const log = transformsOf(feature.kind).some(({ kind }) => kind === "log1p");
  return (value, number, row) => {
    if (value === null) findings.add(missingValue, { column }, row, column, details);
    else if (!Number.isFinite(number))
      findings.add(notANumber, { column, value: formatRaw(value) }, row, column, spelled(value, details));
    else if (!log || !isInRange(number)) {
      const parameters = { column, value: formatRaw(value), transformed: isInRange(number) };
      findings.add(numberOutOfRange, parameters, row, column, details);
    } else {
      findings.add(negativeLog1p, { column, value: number }, row, column, details);
    }
  };
}

/** Adds help if a number contains a comma, as a decimal point or between thousands. */
function spelled(value: unknown, details: Details): Details {
  if (typeof value !== "string" || !/^\s*[-+]?[\d.]*,[\d.,]*\d\s*$/.test(value)) return details;
  return { ...details, help: notANumber.helps.decimalPoint() };
}

/** Reads labels; by a rule if the column isn't already 0 and 1. */
export function labelCells(
  label: Label,
  findings: Findings,
  rule: LabelRule | null,
  of: DataColumn,
  /** Filled with the rule's values that occur in the column, for `unmetValues`. */
  met: Set<string> = new Set(),
): CellReader {
  const { name, type } = label;
  const column = of.name;
  const kind = labelKindOf(label);
  const format = numberFormat(of);
  // The texts of an `enum` are compared unchanged.
  const plain = type.kind === "enum" ? (value: Exclude<Raw, null>) => value : format.plain;
  const read =
    rule === null ? (value: Exclude<Raw, null>) => kind.read(plain(value), type) : labelBy(rule, of, met);
  const details = { related: [{ location: inText(label.span), label: "declared here" }] };
  return (value, row) => {
    if (value === null) {
      if (!label.mayBeMissing) findings.add(missingValue, { column }, row, column, details);
      return 0;
    }
    if (!isOneValue(value, row, column, findings, details)) return 0;
    const found = read(value);
    if (typeof found === "number") return found;
    if (rule === null) {
      const parameters = {
        label: name,
        value: formatRaw(value),
        kind: labelTypeText(type),
        holds: kind.holds(type),
      };
      if (type.kind === "binary") findings.add(labelNotBinary, parameters, row, column, details);
      else findings.add(labelOutside, parameters, row, column, details);
    } else {
      const parameters = { label: name, column, value: formatRaw(value), rule: ruleText(rule) };
      findings.add(found === "inexact" ? inexactNumber : labelByNoRule, parameters, row, column, details);
    }
    return 0;
  };
}

export function declaredIn(feature: Feature): Details {
  return { related: [{ location: inText(feature.span), label: "declared here" }] };
}

/** Reads ids or numbers of `feature` out of the cells of `column`. */
export function valueReader(
  of: CellColumn,
  encoders: Encoders,
  outside: Outside,
  orderZone?: TimeZone,
): CellReader {
  const { feature } = of;
  if (!hasIds(feature.kind)) return numberCells(of, encoders.numbers(feature));
  const encode = encoders.ids(feature);
  switch (idKindOf(feature).takes) {
    case "numbers":
      return bucketCells(of, encode);
    case "times":
      return timeCells(of, encode, orderZone);
    case "ids":
      return idCells(of, encode, outside);
    case "vectors":
      throw new InternalError(`${feature.name} has several ids`);
  }
}
