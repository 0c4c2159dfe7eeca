// Reads one cell of a feature or label, and says what is wrong with it where it cannot be read.

import {
  labelNotBinary,
  missingValue,
  negativeLog1p,
  notANumber,
  notAnId,
} from "../../compiler/diagnostics/catalog/data.ts";
import { type Details, inText } from "../../compiler/diagnostics/diagnostic.ts";
import { idKindOf, transformsOf } from "../../compiler/kinds/registry.ts";
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
  const details = declaredIn(feature);
  const sayOutsider = outside === "error" ? idKindOf(feature).outsiders?.(feature.kind) : undefined;
  return (value, row) => {
    if (value === null) {
      findings.add(missingValue, { column }, row, column, details);
      return UNKNOWN_ID;
    }
    const id = encode(value);
    if (id === NOT_AN_ID) findings.add(notAnId, { column, value: shown(value) }, row, column, details);
    else if (id === UNKNOWN_ID)
      sayOutsider?.({ feature: feature.name, column, raw: value, value: shown(value) }, (...said) => {
        const [entry, parameters, help] = said;
        findings.add(entry, parameters, row, column, details, help);
      });
    return id === NOT_AN_ID ? UNKNOWN_ID : id;
  };
}

export function numberCells(feature: Feature, column: string, findings: Findings): CellReader {
  const details = declaredIn(feature);
  const log = transformsOf(feature.kind)[0]?.kind === "log1p";
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
