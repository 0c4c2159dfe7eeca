// Reads one cell of a feature or label, and says what is wrong with it where it cannot be read.

import {
  idOutOfRange,
  intOutOfRange,
  labelNotBinary,
  missingValue,
  negativeLog1p,
  notANumber,
  notAnId,
  valueNotListed,
} from "../../compiler/diagnostics/catalog/data.ts";
import { type Details, inText } from "../../compiler/diagnostics/diagnostic.ts";
import { type Feature, type Label, UNKNOWN_ID } from "../../compiler/model/model.ts";
import type { IdEncoder } from "../features/encoders.ts";
import { NOT_AN_ID } from "../serve/features.ts";
import type { Findings } from "./findings.ts";
import { type Raw, shown } from "./raw-values.ts";

/** Whether a value outside a closed vocabulary is a mistake (training and test rows) or unknown (as in serving). */
export type Outside = "error" | "unknown";

/** Gives a number for the cell in any case; what is wrong with it is in the findings. */
export type CellReader = (value: Raw, row: number) => number;

export function idCells(
  feature: Feature,
  column: string,
  encode: IdEncoder,
  outside: Outside,
  findings: Findings,
): CellReader {
  const open = feature.kind.kind === "id" || outside === "unknown";
  const details = declaredIn(feature);
  const outsider = new Outsiders(feature, column, findings);
  return (value, row) => {
    if (value === null) {
      findings.add(missingValue, { column }, row, column, details);
      return UNKNOWN_ID;
    }
    const id = encode(value);
    if (id === NOT_AN_ID) findings.add(notAnId, { column, value: shown(value) }, row, column, details);
    else if (id === UNKNOWN_ID && !open) outsider.add(value, row);
    return id === NOT_AN_ID ? UNKNOWN_ID : id;
  };
}

/** The values of one column that its closed vocabulary does not hold. */
class Outsiders {
  private readonly feature: Feature;
  private readonly column: string;
  private readonly findings: Findings;
  private readonly details: Details;
  /** The largest whole number among them. */
  private largest = -1;

  constructor(feature: Feature, column: string, findings: Findings) {
    this.feature = feature;
    this.column = column;
    this.findings = findings;
    this.details = declaredIn(feature);
  }

  add(raw: Raw, row: number): void {
    const { column, details, findings } = this;
    const { kind, name: feature } = this.feature;
    const value = shown(raw);
    if (kind.kind === "sized_id") {
      if (Number.isSafeInteger(Number(raw))) this.largest = Math.max(this.largest, Number(raw));
      const parameters = { feature, column, value, size: kind.size };
      findings.add(idOutOfRange, parameters, row, column, details, () => this.sizeHelp(kind.size));
    } else if (kind.kind === "int") {
      const { low, high } = kind;
      findings.add(intOutOfRange, { feature, column, value, low, high }, row, column, details);
    } else if (kind.kind === "enum") {
      const values = kind.values.map((known) => JSON.stringify(known)).join(", ");
      findings.add(valueNotListed, { feature, column, value, values }, row, column, details);
    }
  }

  /** The size that would hold them all; null where none would. */
  private sizeHelp(size: number): string | null {
    if (this.largest < size) return null;
    const { largest } = this;
    return `the largest value of \`${this.column}\` is ${largest}: a size of ${largest + 1} holds it`;
  }
}

export function numberCells(feature: Feature, column: string, findings: Findings): CellReader {
  const details = declaredIn(feature);
  const log = feature.kind.kind === "number" && feature.kind.transforms[0] === "log1p";
  return (value, row) => {
    if (value === null) {
      findings.add(missingValue, { column }, row, column, details);
      return 0;
    }
    const number = numberOf(value);
    if (!Number.isFinite(Math.fround(number)))
      findings.add(notANumber, { column, value: shown(value) }, row, column, details);
    else if (log && number < 0) findings.add(negativeLog1p, { column, value: number }, row, column, details);
    return number;
  };
}

/** NaN for what is no number. */
export function numberOf(value: Raw): number {
  if (typeof value === "string") return value.trim() === "" ? Number.NaN : Number(value);
  return value === null ? Number.NaN : Number(value);
}

export function labelCells(label: Label, findings: Findings): CellReader {
  const { name } = label;
  const details = { related: [{ place: inText(label.span), label: "declared here" }] };
  return (value, row) => {
    if (value === null) {
      findings.add(missingValue, { column: name }, row, name, details);
      return 0;
    }
    const number = typeof value === "string" ? labelText(value) : Number(value);
    if (number === 0 || number === 1) return number;
    findings.add(labelNotBinary, { label: name, value: shown(value) }, row, name, details);
    return 0;
  };
}

function labelText(value: string): number {
  const text = value.trim().toLowerCase();
  return text === "true" ? 1 : text === "false" ? 0 : numberOf(text);
}

export function declaredIn(feature: Feature): Details {
  return { related: [{ place: inText(feature.span), label: "declared here" }] };
}
