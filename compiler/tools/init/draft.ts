// Drafts a spec and its dinc.yaml from the rows of a table, wherever these were read.

import { nothingToLearn, unfitLabel, withoutHeader, withoutLabel } from "../../diagnostics/catalog/init.ts";
import { type Diagnostic, DiagnosticError, diagnose, inData } from "../../diagnostics/diagnostic.ts";
import { nameOfColumn } from "../../frontend/model/column-names.ts";
import { countColumns } from "./columns.ts";
import { guess, type NoDraft } from "./guess.ts";
import type { DraftPlan } from "./plan.ts";
import type { DraftCell, DraftColumn, DraftTable } from "./table.ts";
import { numberOfCell } from "./values.ts";
import { type DraftPaths, type DraftTexts, draftTexts } from "./write.ts";

export interface Drafted extends DraftTexts {
  /** The guess for each column, with its reason. */
  readonly plan: DraftPlan;
}

/** `label` is the column that the user names. Throws DiagnosticError if there is nothing to learn. */
export function draft(table: DraftTable, label: string | null, paths: DraftPaths): Drafted {
  const guessed = guess(table, label);
  if (guessed.kind !== "plan") throw new DiagnosticError([whyNot(guessed, table)]);
  const { plan } = guessed;
  return { ...draftTexts(plan, table, paths), plan };
}

function whyNot(reason: NoDraft, { path, columns }: DraftTable): Diagnostic {
  const location = inData({ path });
  switch (reason.kind) {
    case "no-label":
      return diagnose(withoutLabel, { binary: reason.binary, noLog: reason.noLog }, location);
    case "bad-label":
      return diagnose(
        unfitLabel,
        { column: reason.column, reason: reason.reason, columns: columns.map(({ header }) => header) },
        location,
      );
    case "no-features":
      return diagnose(nothingToLearn, { leftOut: reason.leftOut }, location);
  }
}

/**
 * Checks that the first line is a header; for files without types. Throws DiagnosticError. Names may be
 * numbers, such as pandas' column indices and the names of coded fields. If every numeric column has a number
 * as its name, the names are values, and so is a first line that consists mostly of values of its columns.
 */
export function requireHeader({ path, columns }: DraftTable): void {
  if (countColumns(columns) || columns.some(isNameOfNumbers)) return;
  const numbers = columns.filter(({ header }) => isNumber(header));
  const values = columns.filter(({ header, cells }) => header !== "" && cells.includes(header));
  if (numbers.length === 0 && values.length * 2 < columns.length) return;
  const bad = numbers.length > 0 ? numbers : values;
  const shown = bad.slice(0, 3).map(({ header }) => JSON.stringify(header));
  throw new DiagnosticError([
    diagnose(withoutHeader, { values: shown.join(", "), columns: columns.length }, inData({ path })),
  ]);
}

function isNameOfNumbers({ header, cells }: DraftColumn): boolean {
  if (isNumber(header) || nameOfColumn(header) === null || /^(na|nan|null|none|inf)$/i.test(header))
    return false;
  return cells.some((cell) => cell !== null) && cells.every((cell) => cell === null || isNumber(cell));
}

function isNumber(cell: DraftCell): boolean {
  return !Number.isNaN(numberOfCell(cell));
}
